"""A screenshot in 256 colours: a third of the bytes, and nobody sees the difference.

A browser reads the picture and chooses the colours, so that no image library is needed.
"""

import base64
import struct
import zlib
from typing import Any

# The colours seen most often; a vivid one counts more, as it is rare in these pages and noticed.
CHOOSE = """async (source) => {
  const bitmap = await createImageBitmap(await (await fetch(source)).blob());
  const { width, height } = bitmap;
  const paper = new OffscreenCanvas(width, height).getContext("2d");
  paper.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(paper.getImageData(0, 0, width, height).data.buffer);
  const seen = new Map();
  for (const pixel of pixels) seen.set(pixel, (seen.get(pixel) ?? 0) + 1);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const weight = ([pixel, count]) => {
    const rgb = parts(pixel);
    return count * (1 + (Math.max(...rgb) - Math.min(...rgb)) / 16);
  };
  const palette = [...seen].sort((a, b) => weight(b) - weight(a)).slice(0, 256)
    .map(([pixel]) => parts(pixel));
  const nearest = (pixel) => {
    const [r, g, b] = parts(pixel);
    let best = 0, least = Infinity;
    palette.forEach(([x, y, z], index) => {
      const far = 3 * (r - x) ** 2 + 6 * (g - y) ** 2 + (b - z) ** 2;
      if (far < least) [least, best] = [far, index];
    });
    return best;
  };
  const known = new Map([...seen.keys()].map((pixel) => [pixel, nearest(pixel)]));
  const indices = new Uint8Array(pixels.length);
  pixels.forEach((pixel, at) => { indices[at] = known.get(pixel); });
  let text = "";
  for (let at = 0; at < indices.length; at += 8192) {
    text += String.fromCharCode(...indices.subarray(at, at + 8192));
  }
  return { width, height, palette: palette.flat(), indices: btoa(text) };
}"""


def with_palette(context: Any, screenshot: bytes) -> bytes:
    page = context.new_page()
    source = f"data:image/png;base64,{base64.b64encode(screenshot).decode()}"
    found = page.evaluate(CHOOSE, source)
    page.close()
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    rows = b"".join(b"\0" + indices[at : at + width] for at in range(0, len(indices), width))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", bytes(found["palette"])),
            chunk(b"IDAT", zlib.compress(rows, 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
