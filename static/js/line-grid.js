// A grid of lines by keyboard: Enter and the arrows go from line to line, Escape takes a cell back,
// and rows copied from a spreadsheet are pasted as rows.

const FIELDS = "input.cell, select.cell";
const gridOf = (element) => element.closest?.("[data-line-grid]");
const lines = (grid) => [...grid.querySelectorAll("tr[data-line]")];
// quantity-17 -> quantity: the column a cell stands in
const columnOf = (cell) => cell.id.replace(/-[^-]*$/, "");

function cellIn(line, column) {
  return [...line.querySelectorAll(FIELDS)].find((cell) => columnOf(cell) === column);
}

function go(cell, step) {
  const grid = gridOf(cell);
  const all = lines(grid);
  const next = all[all.indexOf(cell.closest("tr")) + step];
  if (next) cellIn(next, columnOf(cell))?.focus();
  else if (step > 0) focusAdding(grid);
}

function focusAdding(grid) {
  const select = grid.querySelector("[name=product]");
  if (select?.tomselect) select.tomselect.focus();
  else select?.focus();
}

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cell.matches?.(`[data-line-grid] tr[data-line] :is(${FIELDS})`)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isSelect = cell.matches("select");
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !(isSelect && event.key !== "Enter")) {
    event.preventDefault();
    go(cell, step);
  } else if (event.key === "Escape" && !isSelect && cell.value !== cell.dataset.before) {
    event.stopPropagation();
    cell.value = cell.dataset.before ?? cell.defaultValue;
    cell.select();
  }
});

document.addEventListener("focusin", (event) => {
  const cell = event.target;
  if (!cell.matches?.("[data-line-grid] input.cell")) return;
  cell.dataset.before = cell.value;
  cell.select();
});

document.addEventListener("paste", (event) => {
  const grid = gridOf(event.target);
  const text = event.clipboardData?.getData("text/plain").trimEnd() ?? "";
  if (!grid || event.target.matches("textarea") || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const rows = text.split(/\r?\n/);
  const cell = event.target.matches("tr[data-line] input.cell") ? event.target : null;
  if (cell && rows.every((one) => !one.includes("\t"))) fillDown(cell, rows);
  else pasteRows(grid, text);
});

// One column: it fills the cells below, as far as there are lines.
function fillDown(cell, values) {
  const all = lines(gridOf(cell));
  const from = all.indexOf(cell.closest("tr"));
  const column = columnOf(cell);
  values.forEach((value, index) => {
    const target = all[from + index] && cellIn(all[from + index], column);
    if (target) target.value = value.trim();
  });
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}

// Several columns are lines of their own: the server reads them.
function pasteRows(grid, text) {
  const place = grid.querySelector("[name=pasted]");
  const button = grid.querySelector("[name=do][value=paste]");
  if (!place || !button) return;
  place.value = text;
  button.click();
}

// A line that was just added is gone on with; where it was refused, another item can be typed.
document.addEventListener("htmx:afterSettle", (event) => {
  const grid = event.detail.elt;
  const by = event.detail.requestConfig?.elt;
  if (!grid.matches?.("[data-line-grid]") || !by?.matches("[name=product], [name=do]:is([value=add], [value=write-in])")) return;
  if (grid.querySelector("[role=alert]")) return focusAdding(grid);
  const added = lines(grid).pop();
  added?.querySelector("input.cell:not([type=hidden])")?.focus();
});
