// What every page needs: messages, forms that lose nothing, htmx's errors, modules on demand.
// Without any of it every page works by plain links and forms.

const texts = document.getElementById("texts")?.dataset ?? {};

// ---- Messages

const dock = document.getElementById("toasts");
const STAYS = 8000;

function announce(text) {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

function toast(text, { isBad = false } = {}) {
  const template = document.getElementById(isBad ? "toast-bad" : "toast-good");
  if (!template || !dock) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("span").textContent = text;
  dock.append(note);
}

// A message goes by itself unless it tells of a failure, or somebody is at it.
function watch(note) {
  if (note.dataset.watched || note.classList.contains("is-bad")) return;
  note.dataset.watched = "";
  const leave = () => {
    if (note.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else note.remove();
  };
  setTimeout(leave, STAYS);
}

const watchAll = () => dock.querySelectorAll(".toast-note").forEach(watch);
if (dock) {
  new MutationObserver(watchAll).observe(dock, { childList: true });
  watchAll();
}

document.addEventListener("crm:toast", (event) => toast(event.detail.text, event.detail));
document.addEventListener("crm:announce", (event) => announce(event.detail));
document.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest(".toast-note").remove();
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const undo = [...document.querySelectorAll("#toasts .undo")].pop();
  if (!undo) return;
  event.preventDefault();
  undo.click();
});

// ---- Forms: sent once, and not left by accident

const AGAIN_AFTER = 5000; // a download leaves the page standing
const firstSeen = new WeakMap();
const sending = new WeakSet();
let isLeavingOnPurpose = false;

const warns = (form) => form.method === "post" && !form.closest("[data-no-leave-warning]")
  && !form.matches("[data-selection], .menu-list, .menu-list form");

function contents(form) {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs.map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

// What came back with errors is not saved, whether or not it was touched again.
function isChanged(form) {
  if (!form.isConnected || sending.has(form) || !warns(form)) return false;
  if ("dirty" in form.dataset || form.querySelector(".is-invalid, [aria-invalid=true]")) return true;
  return firstSeen.has(form) && firstSeen.get(form) !== contents(form);
}

export const changedForms = (root = document) => [...root.querySelectorAll("form")].filter(isChanged);

for (const kind of ["focusin", "pointerdown"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (form && warns(form) && !firstSeen.has(form)) firstSeen.set(form, contents(form));
  });
}

window.addEventListener("beforeunload", (event) => {
  if (!isLeavingOnPurpose && changedForms().length) event.preventDefault();
});

// What else was typed on this page is lost with it: asked before, once it is sure that it goes.
const mayLose = (forms) => forms.length === 0 || window.confirm(texts.unsaved);
const changedBeside = (form) => changedForms().filter((other) => other !== form);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (sending.has(form) || !mayLose(changedBeside(form))) {
    event.preventDefault();
    return;
  }
  sending.add(form);
  isLeavingOnPurpose = true;
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), AGAIN_AFTER);
});

function release(form) {
  sending.delete(form);
  form.removeAttribute("aria-busy");
  isLeavingOnPurpose = false;
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
});

// Ctrl+Enter saves the form one is in, from any field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form ?? event.target.closest("form") ?? document.querySelector("main form.form-page");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit].btn-primary") ?? undefined);
});

// A choice of columns is one parameter in the address.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-columns]")) return;
  event.preventDefault();
  const query = new URLSearchParams(new FormData(event.target));
  const chosen = query.getAll("col");
  query.delete("col");
  if (chosen.length) query.set("cols", chosen.join(","));
  location.assign(`?${query}`);
});

// ---- htmx

// A part of the page that is replaced takes what was typed in it along; a form in the side panel
// leads to another page when it is done. What comes by itself, as a poll does, waits instead.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, target, triggeringEvent, verb } = event.detail;
  const panel = elt.closest("#panel");
  const goesElsewhere = panel && verb !== "get";
  const lost = changedForms(goesElsewhere ? document : target)
    .filter((form) => form !== elt.closest("form") && !(goesElsewhere && panel.contains(form)));
  if (lost.length && !(triggeringEvent && mayLose(lost))) event.preventDefault();
});

let busyTimer;
const waiting = new Set();

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig.verb !== "get" && elt.matches("form") && waiting.has(elt)) {
    event.preventDefault();
    return;
  }
  waiting.add(elt);
  busyTimer ??= setTimeout(() => document.documentElement.classList.add("busy"), 400);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  waiting.delete(elt);
  if (successful && elt.matches?.("form")) firstSeen.delete(elt);
  if (xhr?.getResponseHeader("HX-Redirect")) isLeavingOnPurpose = true;
  if ([...waiting].some((one) => one.isConnected)) return;
  waiting.clear();
  clearTimeout(busyTimer);
  busyTimer = undefined;
  document.documentElement.classList.remove("busy");
});

document.addEventListener("htmx:sendError", () => toast(texts.offline, { isBad: true }));
document.addEventListener("htmx:timeout", () => toast(texts.offline, { isBad: true }));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.getResponseHeader("X-Form-Expired")) {
    document.dispatchEvent(new CustomEvent("crm:form-expired", { detail: event.detail.elt }));
    return;
  }
  const said = { 403: texts.forbidden, 404: texts.gone, 429: texts.slow }[event.detail.xhr.status];
  toast(said ?? texts.failed, { isBad: true });
});

// A fragment was asked for and a whole page came: go there, or say that one has to sign in.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status >= 400 && xhr.status !== 409 && xhr.status !== 422) return;
  if (!/^\s*<!doctype/i.test(xhr.responseText.slice(0, 200))) return;
  if (requestConfig.elt.closest("[hx-select]")) return;
  event.detail.shouldSwap = false;
  const address = new URL(xhr.responseURL);
  if (address.pathname === texts.signInPath) {
    document.dispatchEvent(new CustomEvent("crm:signed-out"));
  } else if (xhr.status < 400) {
    isLeavingOnPurpose = true;
    location.assign(address);
  } else {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    toast(page.querySelector(".refusal > p")?.textContent ?? texts.failed, { isBad: true });
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  enliven(event.detail.elt);
  const said = event.detail.elt.querySelector?.("[data-announce]");
  if (said) announce(said.dataset.announce);
  keepPlace(event.detail);
});

// What one chose in a list or its chart is gone with the old rows: go on from the head above it.
function keepPlace({ elt, requestConfig }) {
  if (elt.id !== "listing" || document.activeElement !== document.body) return;
  const pane = requestConfig?.elt.closest(".chart-pane") && elt.querySelector(".chart-pane");
  (pane ?? elt).querySelector(".viewpick")?.focus({ preventScroll: true });
}

// ---- Parts of a page

function enliven(root) {
  loadModules();
  root.querySelector?.(".notice[role=alert][tabindex]")?.focus();
}

document.addEventListener("change", (event) => {
  // A field of many rows that was changed is meant to be changed.
  if (!event.target.matches("[data-change-tick]")) {
    const tick = event.target.closest(".bulk-field")?.querySelector("[data-change-tick]");
    if (tick) tick.checked = true;
  }
  if (event.target.type === "file" && event.target.files.length) {
    const place = event.target.closest("label")?.querySelector("[data-file-name]");
    if (place) place.textContent = event.target.files[0].name;
  }
});

// Take all of theirs, or keep all of mine.
document.addEventListener("click", (event) => {
  const side = event.target.closest("[data-take-all]")?.dataset.takeAll;
  if (!side) return;
  const table = event.target.closest("table");
  for (const choice of table.querySelectorAll(`input[type=radio][value="${side}"]`)) choice.checked = true;
});

// The theme changes at once, and the server is told without leaving the page.
document.addEventListener("submit", (event) => {
  const theme = event.submitter?.dataset.themeChoice;
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.bsTheme = theme;
  for (const button of event.target.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", button === event.submitter);
  }
  const body = new FormData(event.target, event.submitter);
  fetch(event.target.action, { method: "POST", body, redirect: "manual" });
}, true);

// What only some pages need is fetched by those pages.
function loadModules() {
  for (const meta of document.querySelectorAll("meta[name=module]:not([data-loaded])")) {
    if (!document.querySelector(meta.dataset.for)) continue;
    meta.dataset.loaded = "";
    import(meta.content);
  }
}

enliven(document);
