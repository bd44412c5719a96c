// What Django's administration leaves without a name: look-ups without a choice, fields in rows.

function name(field, text) {
  if (!field || !text) return;
  field.removeAttribute("aria-labelledby");
  field.setAttribute("aria-label", text.trim().replace(/\s*:$/, ""));
}

function nameLookups() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const parts = select.parentElement.querySelectorAll("[role=combobox], [role=textbox]");
    for (const part of parts) name(part, label?.textContent);
  }
}

function nameRows() {
  for (const field of document.querySelectorAll(".tabular td :is(input:not([type=hidden]), select)")) {
    const cell = field.closest("td");
    name(field, cell.closest("table").tHead?.rows[0].cells[cell.cellIndex]?.textContent);
  }
}

// Look-ups are dressed when the page is ready; new rows come later.
window.addEventListener("load", () => {
  nameLookups();
  nameRows();
});
document.addEventListener("formset:added", nameRows);
