// The keyboard: letters outside of fields, and the palette that finds records, pages and commands.

const isOff = document.body.dataset.keys === "off";
const palette = document.getElementById("palette");
const help = document.getElementById("shortcuts");
const WAIT = 180;
const GO_TIME = 1500;

const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], dialog[open]");
const visible = (selector, root = document) => [...root.querySelectorAll(selector)].filter((one) => one.checkVisibility());

// ---- Rows

const rows = () => visible("main tr[data-row], main .deal, main li[data-row]");
const here = () => document.querySelector(".is-here");

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here() ?? document.activeElement?.closest("tr, li"));
  const next = all[Math.max(0, Math.min(at + step, all.length - 1))];
  here()?.classList.remove("is-here");
  next.classList.add("is-here");
  (next.querySelector("th a, a.name, a") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
  tellList("walked");
}

// What only lists can do is done by their own scripts, if they are there.
function tellList(what) {
  const row = here();
  return Boolean(row) && !document.dispatchEvent(new CustomEvent(`crm:${what}`, { detail: row, cancelable: true }));
}

// ---- Going places: every page of the site map has a letter of its own, what the bar holds its fixed one

function letters() {
  const taken = new Map([...document.querySelectorAll(".top [data-go]")].map((link) => [link.dataset.go, link]));
  for (const link of document.querySelectorAll("#map section a")) {
    const letter = [...link.textContent.trim().toLowerCase()].find((one) => /[a-z]/.test(one) && !taken.has(one));
    if (letter) taken.set(letter, link);
  }
  return taken;
}

let goUntil = 0;

function explainLetters() {
  const list = help.querySelector("[data-letters]");
  if (!list || list.childElementCount) return;
  for (const [letter, link] of letters()) {
    const item = document.createElement("div");
    const key = document.createElement("dt");
    for (const part of ["g", letter]) {
      const cap = document.createElement("kbd");
      cap.textContent = part;
      key.append(cap, " ");
    }
    const name = document.createElement("dd");
    name.textContent = link.textContent.trim();
    item.append(key, name);
    list.append(item);
  }
}

// ---- Keys

const press = (selector) => {
  const [found] = visible(selector);
  found?.click();
  return Boolean(found);
};

const commands = {
  "/": () => { (visible("#global-search")[0] ?? visible(".quick-find input")[0])?.focus(); return true; },
  "?": () => { explainLetters(); help.showModal(); return true; },
  c: openCreate,
  j: () => { walk(1); return true; },
  k: () => { walk(-1); return true; },
  x: () => { const box = here()?.querySelector(".pick input"); box?.click(); return Boolean(box); },
  e: () => press("[data-key=e]"),
  i: () => tellList("edit-row"),
  p: () => tellList("preview-row"),
  n: () => press("[data-key=n]"),
};

function openCreate() {
  const menu = document.querySelector("[data-menu=create]");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector(".menu-list a")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && !event.defaultPrevented && !isTyping(event.target)) here()?.classList.remove("is-here");
  if (isOff || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const link = letters().get(event.key);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  if (event.key === "g") {
    goUntil = Date.now() + GO_TIME;
    return;
  }
  const command = commands[event.key] ?? (/^[a-z]$/.test(event.key) ? () => press(`[data-key=${event.key}]`) : null);
  if (command?.()) event.preventDefault();
});

// Escape in a form goes where its Cancel goes.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  event.target.closest?.("form.form-page")?.querySelector("[data-cancel]")?.click();
});

// ---- Palette

const field = palette?.querySelector("input");
const list = palette?.querySelector("ul");
let timer;
let asked = 0;
// The text whose answer is shown; the one that Enter confirmed before its answer was there.
let answered = null;
let awaited = null;

function openPalette() {
  field.value = "";
  answered = awaited = null;
  palette.showModal();
  field.focus();
  fill([]);
  ask();
}

// The commands of this page; the server knows the pages and the records.
function commandsNamed(typed) {
  const { command } = document.getElementById("texts").dataset;
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return [...document.querySelectorAll("main :is(.cmds, .menu-list) :is(a[href], button:not(:disabled))")]
    .map((element) => ({
      text: element.textContent.trim() || element.getAttribute("aria-label") || "",
      note: command,
      icon: element.querySelector("svg")?.cloneNode(true),
      run: () => element.click(),
    }))
    .filter((one) => one.text && wanted.every((word) => one.text.toLowerCase().includes(word)));
}

async function pagesAndRecords(typed) {
  const address = new URL(palette.dataset.searchUrl, location.href);
  address.searchParams.set("format", "palette");
  address.searchParams.set("q", typed);
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return [];
  const { results } = await response.json();
  return results.map((found) => ({ text: found.title, note: found.note, run: () => location.assign(found.url) }));
}

let shown = [];

function fill(found) {
  const named = commandsNamed(field.value.trim());
  shown = field.value.trim() ? [...named, ...found] : [...found, ...named.slice(0, 8)];
  list.replaceChildren(...shown.map(line));
  choose(0);
}

function line(one, index) {
  const item = document.createElement("li");
  item.id = `palette-${index}`;
  item.setAttribute("role", "option");
  if (one.icon) item.append(one.icon);
  const text = document.createElement("span");
  text.className = "cut";
  text.textContent = one.text;
  item.append(text);
  if (one.note) {
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = one.note;
    item.append(note);
  }
  return item;
}

function choose(index) {
  const items = [...list.children];
  for (const [at, item] of items.entries()) item.setAttribute("aria-selected", at === index);
  if (items[index]) field.setAttribute("aria-activedescendant", items[index].id);
  else field.removeAttribute("aria-activedescendant");
  items[index]?.scrollIntoView({ block: "nearest" });
}

const chosen = () => [...list.children].findIndex((item) => item.getAttribute("aria-selected") === "true");

function run(index) {
  const one = shown[index];
  if (!one) return;
  palette.close();
  one.run();
}

async function ask() {
  const mine = ++asked;
  const typed = field.value;
  const found = await pagesAndRecords(typed.trim());
  if (mine !== asked || !palette.open) return;
  fill(found);
  answered = typed;
  if (awaited === typed) run(0);
}

field?.addEventListener("input", () => {
  awaited = null;
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});

field?.addEventListener("keydown", (event) => {
  const last = shown.length - 1;
  const at = chosen();
  const next = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
  if (next !== undefined) {
    event.preventDefault();
    choose(next);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (answered === field.value) run(at);
    else awaited = field.value;
  }
});

list?.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item) run([...list.children].indexOf(item));
});
