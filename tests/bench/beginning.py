"""The first page as a browser loads it, and how soon the product is there with data in place."""

import gzip
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import sync_playwright

from crm.launch import chromium
from crm.models import User
from tests.bench.measuring import Result
from tests.bench.server import Client, Server

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
ALREADY_SMALL = (".woff2", ".png", ".jpg", ".webp")
SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 500);
})"""
PATIENCE = 180


def first_page(server: Server, user: User) -> Iterator[Result]:
    path = chromium.find()
    if not path:
        return
    client = Client(server, user)  # playwright's loop lets no query through in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        weight, shift = _load(browser, server, client)
        browser.close()
    yield Result("first page, all it loads", 1, weight, "kB", None, "under 120 kB compressed", 120)
    yield Result("first page, layout shift", 1, shift, "score", None, "no layout shift", 0)


def _load(browser: Any, server: Server, client: Client) -> tuple[float, float]:
    context = browser.new_context()
    name, _equals, value = client.cookie.partition("=")
    address = f"http://127.0.0.1:{server.port}"
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    answers: list[Any] = []

    def note(answer: Any) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(f"{address}/", wait_until="networkidle")
    weight = sum(_compressed(answer.url, answer.body()) for answer in answers if answer.ok)
    return weight / 1000, float(page.evaluate(SHIFTS))


def _compressed(address: str, body: bytes) -> int:
    """As production sends it: static files compressed by brotli beforehand, pages by gzip."""
    if address.endswith(ALREADY_SMALL):
        return len(body)
    return len(brotli.compress(body) if "/static/" in address else gzip.compress(body, 6))


def start_with_data() -> Iterator[Result]:
    """`make run` a second time: the first one has filled the database."""
    with tempfile.TemporaryDirectory(prefix="crm-bench-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o755)
        _seconds_to_ready(home)
        took = _seconds_to_ready(home)
    yield Result("start with data in place", 1, took, "s", None, "ready in under 8 s", 8)


def _seconds_to_ready(home: str) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"CRM_HOME": home, "PORT": str(port)}
    begun = time.perf_counter()
    product = subprocess.Popen(
        [sys.executable, "-m", "crm.launch"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not _is_ready(port):
            if product.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise RuntimeError("The product did not start.")
            time.sleep(0.05)
        return time.perf_counter() - begun
    finally:
        product.send_signal(signal.SIGTERM)
        product.wait(timeout=60)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
