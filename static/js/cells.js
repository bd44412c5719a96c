// Cells of a list that are changed where they stand. The head of a column says whether its cells
// can be; the field comes from the server and lies over its cell.

const texts = document.getElementById("texts").dataset;
const editor = () => document.getElementById("cell-editor");
const table = () => document.querySelector("form[data-selection] table.list");
const pencil = document.getElementById("cell-pencil").content.firstElementChild.cloneNode(true);
pencil.setAttribute("aria-label", texts.editCell);
pencil.title = texts.editCell;

const EDGE = 8;
const NARROWEST = 280;
let at = null; // the cell under the editor
let sent = ""; // what the field held when it came
let isReady = false; // whether the field can be typed into
let wanted = ""; // the address its field is asked for at
let then = 0; // where to go once it is saved: 1 next, -1 before, 0 back to the row, null nowhere
let typed = ""; // what was typed before the field was there
let sooner = null; // and where it was to go already

const nameOf = (cell) => table().tHead.rows[0].cells[cell.cellIndex]?.dataset.edit;
const linkOf = (row) => row?.querySelector("th a");
const isCell = (cell) => Boolean(cell && nameOf(cell) && cell.checkVisibility());
const cellsOf = (row) => [...row.cells].filter(isCell);
const form = () => editor()?.querySelector("form");
const isAsked = () => Boolean(editor()?.querySelector(".cell-both")); // which of two values stays

function filled() {
  const pairs = [...new FormData(form())].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs);
}

// Where the list was fetched anew its cell is gone.
function isOpen() {
  if (at && !at.isConnected) leave(null);
  return Boolean(at);
}

// ---- Where it begins

function start(cell) {
  if (isOpen() || !isCell(cell)) return false;
  const row = cell.closest("tr");
  const address = new URL(`cell/${nameOf(cell)}/`, linkOf(row).href);
  address.search = location.search;
  at = cell;
  wanted = address.pathname;
  then = 0;
  pencil.remove();
  row.dataset.editing = "";
  window.htmx.ajax("GET", address.pathname + address.search, { source: editor(), target: editor(), swap: "innerHTML" });
  return true;
}

document.addEventListener("crm:edit-row", (event) => {
  const [first] = cellsOf(event.detail);
  if (first && start(first)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "F2" || event.defaultPrevented) return;
  const row = event.target.closest?.("form[data-selection] tbody tr");
  if (!row) return;
  const own = event.target.closest("td, th");
  if (start(isCell(own) ? own : cellsOf(row)[0])) event.preventDefault();
});

document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest?.("form[data-selection] tbody :is(td, th)");
  if (!cell || event.target.closest("a, input")) return;
  if (start(cell)) getSelection().removeAllRanges();
});

// One pencil goes from cell to cell with the pointer, or to the cell that was tapped.
document.addEventListener("pointerover", (event) => {
  const cell = event.target.closest?.("form[data-selection] tbody :is(td, th)");
  if (!cell) return pencil.remove();
  if (isOpen() || cell === pencil.parentElement) return undefined;
  return isCell(cell) ? cell.append(pencil) : pencil.remove();
});

pencil.addEventListener("click", (event) => {
  event.preventDefault();
  start(pencil.parentElement);
});

// ---- While it is open

function place() {
  if (!at?.isConnected) return;
  const box = editor();
  const over = at.getBoundingClientRect();
  const width = Math.min(Math.max(over.width, NARROWEST), innerWidth - 2 * EDGE);
  box.style.width = `${width}px`;
  box.style.left = `${Math.max(EDGE, Math.min(over.left, innerWidth - width - EDGE))}px`;
  box.style.top = `${Math.max(EDGE, Math.min(over.top, innerHeight - box.offsetHeight - EDGE))}px`;
}

addEventListener("resize", place);
document.addEventListener("scroll", (event) => { if (event.target.contains?.(at)) place(); }, true);

function enter() {
  const box = editor();
  isReady = true;
  const field = box.querySelector("[autofocus]") ?? box.querySelector("button");
  if (!field?.tomselect) field?.focus();
  field?.select?.();
  if (typed && field?.matches("textarea, input:not([type=date], [type=datetime-local], [type=checkbox])")) {
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typed = "";
  if (sooner !== null) save(sooner);
  sooner = null;
}

// Who types fast is ahead of the server. No letter of a name may be taken for a shortcut.
const isBusy = () => !isReady || form()?.classList.contains("htmx-request");

document.addEventListener("keydown", (event) => {
  if (!isOpen() || !isBusy() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("dialog")) return;
  const step = { Enter: 0, Tab: event.shiftKey ? -1 : 1 }[event.key];
  if (event.key === "Escape") cancel();
  else if (event.key.length === 1 && sooner === null) typed += event.key;
  else if (typed ? step !== undefined : step === 0 && !isReady) sooner ??= step;
  else if (step && isReady) then += step;
  else if (step) {
    then = step;
    go(at);
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// The row stands again as the server has it; the tick and the place of the keyboard are kept.
function leave(row, { isFocused = true } = {}) {
  const box = editor();
  box?.replaceChildren();
  if (box) box.hidden = true;
  at = null;
  isReady = false;
  typed = "";
  sooner = null;
  for (const one of document.querySelectorAll("tr[data-editing]")) delete one.dataset.editing;
  if (!isFocused || !row?.isConnected) return;
  document.querySelector(".is-here")?.classList.remove("is-here");
  row.classList.add("is-here");
  linkOf(row)?.focus();
}

const cancel = () => leave(at.closest("tr"));

function save(step) {
  then = step;
  if (!form() || filled() === sent) return go(at);
  return form().requestSubmit(form().querySelector("[type=submit]"));
}

// On to the next cell that can be changed, over the end of the row; at the last one it is over.
function go(from) {
  const row = from.closest("tr");
  const all = [...table().tBodies[0].rows].flatMap(cellsOf);
  const next = then ? all[all.indexOf(from) + then] : null;
  leave(next ? next.closest("tr") : row, { isFocused: then !== null });
  if (!next) return;
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  start(next);
}

document.addEventListener("keydown", (event) => {
  if (!isOpen() || !editor()?.contains(event.target) || event.defaultPrevented) return;
  const isButton = event.target.matches("button");
  if (event.key === "Escape") cancel();
  else if (event.key === "Tab" && !isAsked()) save(event.shiftKey ? -1 : 1);
  else if (event.key === "Enter" && form() && !isButton && !event.shiftKey) save(0);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cell-cancel]") && isOpen()) cancel();
});

// Elsewhere means: that was it. What was typed is saved, or stays open where it can't be.
document.addEventListener("pointerdown", (event) => {
  if (!isOpen() || isAsked() || editor().contains(event.target) || event.target.closest(".ts-dropdown, .toast-dock, dialog")) return;
  if (!form() || filled() === sent) leave(at.closest("tr"), { isFocused: false });
  else save(null);
});

// ---- What the server says

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== editor()) return;
  const isWanted = isOpen() && (!form() || new URL(form().action).pathname === wanted);
  if (!isWanted) {
    editor().replaceChildren();
    return;
  }
  if (isReady) {
    typed = "";
    sooner = null;
  }
  isReady = false;
  then = 0;
  editor().hidden = false;
  place();
  sent = form() && !form().querySelector(".is-invalid, .cell-both") ? filled() : "";
});

// Only now the form is htmx's.
document.addEventListener("htmx:afterSettle", (event) => {
  if (at && event.detail.target === editor() && !editor().hidden) enter();
});

let known = null; // the row that is about to be replaced

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!at || !event.detail.target.matches("tr[data-editing]")) return;
  const row = at.closest("tr");
  known = {
    index: row.sectionRowIndex,
    cell: at.cellIndex,
    link: linkOf(row).pathname,
    isTicked: row.querySelector(".pick input")?.checked,
  };
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!at) return;
  const { elt, pathInfo } = event.detail;
  if (!elt.closest?.("#cell-editor")) return;
  const isWanted = new URL(pathInfo.requestPath, location.href).pathname === wanted;
  if (known) replaced();
  else if (isWanted && !editor().childElementCount) cancel(); // refused, or nobody answered
  known = null;
});

function replaced() {
  const row = table().tBodies[0].rows[known.index];
  const isSame = linkOf(row)?.pathname === known.link;
  if (!isSame) return leave(row ?? table().tBodies[0].lastElementChild);
  const box = row.querySelector(".pick input");
  if (box) box.checked = known.isTicked;
  document.dispatchEvent(new CustomEvent("crm:row-saved", { detail: row }));
  return go(row.cells[known.cell]);
}
