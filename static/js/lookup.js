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
  return `<div><div class="no-results">${escaped(texts.nothing)}</div>${create}</div>`;
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
      address.searchParams.set("q", typed);
      fetch(address, { headers: { Accept: "application/json" } })
        .then((response) => (response.ok ? response.json() : { results: [] }))
        .then((found) => {
          const rows = found.results ?? found;
          this.found = new Set(rows.map((one) => String(one.value)));
          this.clearOptions((option) => this.items.includes(String(option.value)));
          done(rows);
        }, () => done());
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
  if (select.autofocus) control.focus();
}

const TomSelect = await library();
const startAll = (root) => {
  for (const select of root.querySelectorAll?.("select[data-lookup]") ?? []) start(TomSelect, select);
};
startAll(document);
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));
// A record made in the side panel is the choice in the field it was made for.
document.addEventListener("crm:created", (event) => {
  const { value, text, url } = event.detail;
  for (const select of document.querySelectorAll("select[data-create-url]")) {
    if (!select.tomselect || !url?.startsWith(select.dataset.createUrl)) continue;
    select.tomselect.addOption({ value, text });
    select.tomselect.addItem(value);
  }
});
