// Rows that are ticked: one, a run of them, or the page; how many is said.

let last = null;

const boxes = (form) => [...form.querySelectorAll("tbody .pick input[type=checkbox]")];

function show(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-selected-count]")) place.textContent = ticked;
  const whole = form.querySelector("[data-select-page]");
  if (whole) {
    whole.checked = ticked > 0 && ticked === all.length;
    whole.indeterminate = ticked > 0 && ticked < all.length;
  }
  const everything = form.querySelector("[data-everything]");
  if (everything && ticked < all.length) everything.checked = false;
  const bar = form.querySelector("[data-bulk]");
  if (bar) document.dispatchEvent(new CustomEvent("crm:announce", { detail: bar.querySelector("b")?.textContent.trim() }));
}

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("form[data-selection]");
  if (!form) return;
  const box = event.target.closest("tbody .pick")?.querySelector("input");
  if (!box || event.target !== box) return;
  const all = boxes(form);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-selection]");
  if (!form) return;
  if (event.target.matches("[data-select-page]")) {
    for (const box of boxes(form)) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-everything]") && event.target.checked) {
    for (const box of boxes(form)) box.checked = true;
  }
  show(form);
});

document.addEventListener("reset", (event) => {
  if (!event.target.matches("form[data-selection]")) return;
  // The browser would bring back the ticks the page came with.
  event.preventDefault();
  for (const box of event.target.querySelectorAll("input[type=checkbox]")) box.checked = false;
  show(event.target);
});

document.querySelectorAll("form[data-selection]").forEach(show);
