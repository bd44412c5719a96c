// What pages gain from JavaScript. Without it every page works by plain links and forms.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// ---- Announcements and toasts ----

function announce(text) {
  $("#announcer").textContent = text;
}

function dismissLater(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), 9000); };
  const stop = () => clearTimeout(timer);
  if (toast.classList.contains("is-bad")) return;
  for (const event of ["mouseenter", "focusin"]) toast.addEventListener(event, stop);
  for (const event of ["mouseleave", "focusout"]) toast.addEventListener(event, start);
  start();
}

function showProblem(text) {
  const toast = document.createElement("div");
  toast.className = "toast-note is-bad";
  toast.setAttribute("role", "alert");
  toast.textContent = text;
  $("#toasts").append(toast);
  setTimeout(() => toast.remove(), 12000);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close-toast]");
  if (close) close.closest(".toast-note").remove();
});

// ---- Menus: one open at a time, closed by Escape and by a click elsewhere ----

document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function closeMenu() {
  const menu = $("details.menu[open]");
  if (!menu) return false;
  menu.open = false;
  $("summary", menu).focus();
  return true;
}

// ---- Side panel: quick create ----

const panel = $("#panel");

async function openPanel(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    location.assign(url.replace("?panel=1", ""));
    return;
  }
  $("#panel-content").innerHTML = await answer.text();
  htmx.process($("#panel-content"));
  enhance($("#panel-content"));
  panel.showModal();
  $("input:not([type=hidden]), select, textarea", panel)?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    closeMenu();
    openPanel(opener.dataset.panel);
  }
  if (event.target.closest("[data-close-panel]")) panel.close();
});

// ---- Forms: never lose input, never send twice ----

let leaving = false;

function watchForm(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "1";
  form.addEventListener("input", () => { form.dataset.changed = "1"; });
  form.addEventListener("submit", () => {
    leaving = true;
    if ("once" in form.dataset) {
      for (const button of $$("button[type=submit]", form)) {
        setTimeout(() => { button.disabled = true; });
        setTimeout(() => { button.disabled = false; }, 8000);
      }
    }
  });
}

addEventListener("beforeunload", (event) => {
  if (!leaving && $("form[data-leave-warning][data-changed]")) event.preventDefault();
});
addEventListener("pageshow", () => { leaving = false; });

// ---- Look-ups ----

function startLookup(select) {
  if (!globalThis.TomSelect || select.tomselect) return;
  const label = select.labels?.[0]?.textContent.trim() || select.getAttribute("aria-label") || "";
  const control = new TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: [],
    maxOptions: 50,
    preload: false,
    plugins: select.multiple ? ["remove_button"] : ["clear_button"],
    load: async (text, done) => {
      try {
        const answer = await fetch(`${select.dataset.lookupUrl}?q=${encodeURIComponent(text)}`);
        done((await answer.json()).results);
      } catch {
        done();
      }
    },
    render: {
      option: (data, escape) => `<div>${escape(data.text)}${data.note ? ` <span class="faint">${escape(data.note)}</span>` : ""}</div>`,
    },
  });
  control.control_input.setAttribute("aria-label", label);
}

// ---- Selection in lists ----

function startSelection(form) {
  const boxes = $$("input[name=ids]", form);
  const bar = $("[data-bulk]", form);
  const page = $("[data-select-page]", form);
  let last = null;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").classList.toggle("on", box.checked);
    if (bar) {
      bar.classList.toggle("is-on", chosen.length > 0);
      $("[data-selected-count]", bar).textContent = chosen.length;
    }
    if (page) {
      page.checked = chosen.length === boxes.length;
      page.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
  };
  form.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  page?.addEventListener("change", () => {
    for (const box of boxes) box.checked = page.checked;
    show();
  });
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  bar?.classList.add("is-live");
  show();
}

// ---- Columns: one parameter instead of many ----

function startColumns(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form));
    const chosen = query.getAll("col");
    query.delete("col");
    if (chosen.length) query.set("cols", chosen.join(","));
    location.assign(`?${query}`);
  });
}

// ---- Composer ----

function startComposer(form) {
  const show = () => {
    const kind = $("input[name=kind]:checked", form)?.value;
    for (const field of $$("[class*=for-]", form)) {
      field.hidden = !field.classList.contains(`for-${kind}`);
    }
    for (const label of $$(".kinds label", form)) {
      label.classList.toggle("is-on", $("input", label).checked);
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") {
      $("[data-file-name]", form).textContent = event.target.files[0]?.name ?? "";
    }
    show();
  });
  show();
}

// ---- Board ----

function startBoard(board) {
  let dragged = null;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    dragged?.classList.add("is-dragged");
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    for (const lane of $$(".lane", board)) lane.classList.remove("is-target");
  });
  board.addEventListener("dragover", (event) => {
    const lane = event.target.closest("[data-lane]");
    if (!lane || !dragged) return;
    event.preventDefault();
    for (const other of $$(".lane", board)) other.classList.toggle("is-target", other === lane);
  });
  board.addEventListener("drop", (event) => {
    const lane = event.target.closest("[data-lane]");
    if (!lane || !dragged || lane.contains(dragged)) return;
    event.preventDefault();
    const form = $("form", dragged);
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = "value";
    value.value = lane.dataset.lane;
    form.append(value);
    form.submit();
  });
}

// ---- Palette ----

const palette = $("#palette");

function startPalette() {
  const input = $("input", palette);
  const list = $("#palette-results");
  let chosen = 0;
  let timer;
  const mark = () => {
    $$("li", list).forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  };
  const load = async () => {
    const answer = await fetch(`${palette.dataset.searchUrl}?format=palette&q=${encodeURIComponent(input.value)}`);
    if (!answer.ok) return;
    const { results } = await answer.json();
    list.replaceChildren(...results.map((result) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      const link = document.createElement("a");
      link.href = result.url;
      link.tabIndex = -1;
      link.textContent = result.title;
      const note = document.createElement("span");
      note.className = "faint";
      note.textContent = result.note;
      link.append(note);
      item.append(link);
      return item;
    }));
    chosen = 0;
    mark();
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 120); });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + count) % Math.max(count, 1);
      mark();
      list.children[chosen]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      $("a", list.children[chosen])?.click();
    }
  });
  palette.open_ = () => { input.value = ""; list.replaceChildren(); palette.showModal(); load(); };
}

// ---- Keys ----

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], dialog");
let row = -1;

function moveRow(step) {
  const rows = $$("tr[data-row]");
  if (!rows.length) return;
  row = Math.min(Math.max(row + step, 0), rows.length - 1);
  $("a", rows[row])?.focus();
  rows[row].scrollIntoView({ block: "nearest" });
}

const keys = {
  "/": () => $("#global-search")?.focus(),
  c: () => {
    const menu = $("[data-menu=create]");
    if (!menu) return;
    menu.open = true;
    $("a", menu)?.focus();
  },
  e: () => $("[data-key=e]")?.click(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: () => {
    const box = $("input[name=ids]", document.activeElement.closest("tr") ?? document.createElement("tr"));
    box?.click();
  },
  "?": () => $("#shortcuts")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    palette?.open_();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.target.closest("form")?.requestSubmit();
    return;
  }
  if (event.key === "Escape") {
    if (!closeMenu() && event.target.closest("form") && !$("dialog[open]")) $("[data-cancel]")?.click();
    return;
  }
  if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// ---- htmx ----

document.addEventListener("htmx:responseError", (event) => {
  showProblem(event.detail.xhr.statusText || String(event.detail.xhr.status));
});
document.addEventListener("htmx:sendError", () => showProblem(document.documentElement.lang === "fr" ? "Le serveur ne répond pas. Votre saisie est encore là." : "The server does not answer. What you typed is still here."));
document.addEventListener("htmx:afterSwap", (event) => enhance(event.target));

function enhance(root) {
  for (const form of $$("form[data-leave-warning], form[data-once]", root)) watchForm(form);
  for (const select of $$("select[data-lookup]", root)) startLookup(select);
  for (const form of $$("form[data-selection]", root)) startSelection(form);
  for (const form of $$("form[data-columns]", root)) startColumns(form);
  for (const form of $$("form[data-composer]", root)) startComposer(form);
  for (const board of $$("[data-board]", root)) startBoard(board);
  for (const toast of $$(".toast-note", root)) dismissLater(toast);
  const count = $("[data-announce]", root);
  if (count) announce(count.dataset.announce);
}

if (palette) startPalette();
enhance(document);
$("#error-summary")?.focus();
