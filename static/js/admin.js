// What Django's administration leaves without a name: look-ups without a choice, fields in rows.

const IN_ROWS = ".tabular td :is(input:not([type=hidden]), select, [role=combobox], [role=textbox])";

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
  for (const field of document.querySelectorAll(IN_ROWS)) {
    const cell = field.closest("td");
    name(field, cell.closest("table").tHead?.rows[0].cells[cell.cellIndex]?.textContent);
  }
}

// jQuery dresses the look-ups some time after the page is ready, in the order it was asked.
function afterDressing(work) {
  if (window.django?.jQuery) window.django.jQuery(work);
  else work();
}

// Enter would choose from the answer to the letters before.
function chooseOnlyFromAnswers(event) {
  if (!event.target.matches?.(".select2-search__field")) return;
  for (const option of document.querySelectorAll(".select2-results__option--highlighted")) {
    option.classList.remove("select2-results__option--highlighted");
  }
}

document.addEventListener("input", chooseOnlyFromAnswers, { capture: true });
window.addEventListener("load", () => {
  afterDressing(() => {
    nameLookups();
    nameRows();
  });
});
document.addEventListener("formset:added", () => afterDressing(nameRows));
