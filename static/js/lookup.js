// Look-ups: a select becomes a field that searches the server as one types.

const script = document.querySelector("meta[name=module][data-needs]").dataset.needs;
const texts = document.getElementById("texts").dataset;

function library() {
  if (window.TomSelect) return window.TomSelect;
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = script;
    element.onload = () => resolve(window.TomSelect);
    element.onerror = () => reject(new Error(script));
    document.head.append(element);
  });
}

const labelOf = (select) => select.getAttribute("aria-label")
  ?? [...select.labels].map((label) => label.firstChild.textContent.trim()).join(" ");

function choice(data, escaped) {
  const note = data.note ? `<span class="note">${escaped(data.note)}</span>` : "";
  return `<div>${escaped(data.text)}${note}</div>`;
}

function nothing(select, typed, escaped) {
  const create = select.dataset.createUrl
    ? `<a class="foot-link" href="${escaped(select.dataset.createUrl)}" data-panel="${escaped(select.dataset.createUrl)}?panel=1&amp;name=${encodeURIComponent(typed)}">${escaped(texts.create)}</a>`
    : "";
  const text = select.tomselect.hasFailed ? texts.offline : texts.nothing;
  return `<div><div class="no-results">${escaped(text)}</div>${create}</div>`;
}

// Answers arrive late and out of order. `answered` is the text whose answer is shown, `awaited` the
// one that was confirmed with Enter before its answer was there.
async function ask(control, address, typed, done) {
  address.searchParams.set("q", typed);
  const items = control.items.join();
  let rows;
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    const found = response.ok ? await response.json() : null;
    rows = found && (found.results ?? found);
  } catch {
    rows = null;
  }
  const isAwaited = control.awaited === typed;
  if (!isAwaited && (control.inputValue() !== typed || control.items.join() !== items)) {
    // Tom Select's callback would open the list again.
    delete control.loadedSearches[typed];
    control.loading = Math.max(control.loading - 1, 0);
    if (!control.loading) control.wrapper.classList.remove(control.settings.loadingClass);
    return;
  }
  control.hasFailed = !rows;
  control.answered = typed;
  control.found = new Set((rows ?? []).map((row) => String(row.value)));
  control.clearOptions((option) => control.items.includes(String(option.value)));
  if (rows) control.loadedSearches[typed] = true;
  done(rows ?? []);
  if (isAwaited) chooseAwaited(control, rows);
}

// The server puts an exact code, number or name first.
function chooseAwaited(control, rows) {
  control.awaited = null;
  const form = control.input.form;
  if (rows?.length) {
    control.addItem(String(rows[0].value));
    control.close();
  }
  const submitter = control.awaitingSubmit;
  control.awaitingSubmit = null;
  if (submitter && rows?.length) form.requestSubmit(submitter.isConnected ? submitter : null);
}

// Enter chooses only from the answer to what stands in the field, and waits for it if need be.
function waitForAnswer(control) {
  control.control_input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    const typed = control.inputValue();
    if (!typed.trim() || control.answered === typed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    control.awaited = typed;
  }, { capture: true });
  control.control_input.addEventListener("input", () => {
    if (control.inputValue() !== control.awaited) control.awaited = null;
  });
}

function settings(select) {
  const isMany = select.multiple;
  const clear = !isMany && !select.required;
  return {
    valueField: "value",
    labelField: "text",
    searchField: ["text"],
    maxOptions: 50,
    maxItems: isMany ? null : 1,
    preload: "focus",
    loadThrottle: 200,
    closeAfterSelect: !isMany,
    hidePlaceholder: true,
    placeholder: select.dataset.placeholder ?? texts.typeToSearch,
    plugins: {
      ...(isMany && { remove_button: { title: texts.remove } }),
      ...(clear && { clear_button: { title: texts.clear, html: () => clearButton() } }),
    },
    // The server has chosen and ordered the rows; only what it did not find is left out here.
    score(typed) {
      return (row) => (typed && !this.found?.has(String(row[this.settings.valueField])) ? 0 : 1);
    },
    sortField: [{ field: "$order" }],
    shouldLoad: () => true,
    load(typed, done) {
      const address = new URL(select.dataset.lookupUrl, location.href);
      ask(this, address, typed, done);
    },
    render: {
      option: choice,
      item: (data, escaped) => `<div title="${escaped(data.text)}">${escaped(data.text)}</div>`,
      no_results: (data, escaped) => nothing(select, data.input, escaped),
      loading: () => `<div class="loading">${texts.loading}</div>`,
    },
  };
}

function clearButton() {
  return `<button class="clear-button" type="button" tabindex="-1" aria-label="${texts.clear}">&times;</button>`;
}

function start(TomSelect, select) {
  if (select.tomselect) return;
  const label = labelOf(select);
  select.setAttribute("aria-label", label);
  const control = new TomSelect(select, settings(select));
  control.control_input.setAttribute("aria-label", label);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    const value = select.getAttribute(name);
    if (value) control.control_input.setAttribute(name, value);
  }
  waitForAnswer(control);
  if (select.autofocus) control.focus();
}

const TomSelect = await library();
const startAll = (root) => {
  for (const select of root.querySelectorAll?.("select[data-lookup]") ?? []) start(TomSelect, select);
};
startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));
// A form that is sent while a look-up waits for its answer is sent with it.
document.addEventListener("submit", (event) => {
  const waiting = [...event.target.querySelectorAll("select[data-lookup]")]
    .map((select) => select.tomselect)
    .find((control) => control?.awaited);
  if (!waiting) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting.awaitingSubmit = event.submitter ?? event.target.querySelector("[type=submit]");
}, { capture: true });
// A record made in the side panel is the choice in the field it was made for.
document.addEventListener("crm:created", (event) => {
  const { value, text, url } = event.detail;
  for (const select of document.querySelectorAll("select[data-create-url]")) {
    if (!select.tomselect || !url?.startsWith(select.dataset.createUrl)) continue;
    select.tomselect.addOption({ value, text });
    select.tomselect.addItem(value);
  }
});
