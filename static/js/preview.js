// The pane beside a list. It is part of the address, so that going back, a reload and a link show
// the same; without a script its links load the page anew.

const WAIT = 200;
const pane = () => document.getElementById("preview");
const shown = () => pane()?.querySelector("[data-preview]");
const peekOf = (row) => row?.querySelector("a.peek");
const idOf = (link) => new URL(link.href).searchParams.get("preview");
const isNarrow = () => matchMedia("(max-width: 959px)").matches;

function addressOf(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("preview", id);
  else address.searchParams.delete("preview");
  return address.pathname + address.search;
}

function remember(address, isNew) {
  if (isNew) history.pushState({ htmx: true }, "", address);
  else history.replaceState({ htmx: true }, "", address);
}

function mark(id) {
  for (const row of document.querySelectorAll("form[data-selection] tr[data-row]")) {
    row.classList.toggle("on", Boolean(id) && idOf(peekOf(row)) === id);
  }
}

function open(id) {
  const isNew = !shown();
  const address = addressOf(id);
  remember(address, isNew);
  mark(id);
  window.htmx.ajax("GET", address, { source: pane().parentElement, target: "#preview", swap: "outerHTML" }).then(() => {
    const title = document.getElementById("preview-title");
    if (!title) return;
    if (isNarrow()) title.focus();
    if (isNew || isNarrow()) document.dispatchEvent(new CustomEvent("crm:announce", { detail: title.textContent }));
  });
}

function close() {
  const row = [...document.querySelectorAll("tr.on")].find((one) => idOf(peekOf(one)) === shown().dataset.preview);
  const hadFocus = shown().contains(document.activeElement) || isNarrow();
  pane().replaceChildren();
  remember(addressOf(""), true);
  mark("");
  if (hadFocus) (row?.querySelector("th a") ?? document.getElementById("main")).focus();
}

const toggle = (id) => (shown()?.dataset.preview === id ? close() : open(id));

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a.peek");
  if (link) toggle(idOf(link));
  else if (event.target.closest("[data-close-preview]")) close();
  else return;
  event.preventDefault();
});

document.addEventListener("crm:preview-row", (event) => {
  const link = peekOf(event.detail);
  if (!link) return;
  toggle(idOf(link));
  event.preventDefault();
});

let timer;

document.addEventListener("crm:walked", (event) => {
  const link = peekOf(event.detail);
  clearTimeout(timer);
  if (!link || !shown() || shown().dataset.preview === idOf(link)) return;
  timer = setTimeout(() => { if (shown()) open(idOf(link)); }, WAIT);
});

document.addEventListener("crm:row-saved", (event) => {
  const id = idOf(peekOf(event.detail));
  if (shown()?.dataset.preview === id) open(id);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !shown()) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.("input:not([type=checkbox]), textarea, select, #cell-editor")) return;
  event.preventDefault();
  close();
}, true);

// What is not there is said in the pane.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target !== pane() || xhr.status !== 404) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

// The list's own links were written before the pane opened, moved on or closed.
document.addEventListener("htmx:configRequest", (event) => {
  const { target, verb, path, parameters } = event.detail;
  if (verb !== "get" || target?.id !== "listing" || !pane()) return;
  const address = new URL(path, location.href);
  address.searchParams.delete("preview");
  event.detail.path = address.pathname + address.search;
  delete parameters.preview;
  const id = shown()?.dataset.preview;
  if (id) parameters.preview = id;
});
