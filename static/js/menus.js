// Menus are <details>: they open without a script. With one they close again, take arrow keys,
// and float above whatever would cut them off. The side panel and its links live here too.

const open = () => [...document.querySelectorAll("details.menu[open]")];
const isNarrow = () => window.matchMedia("(max-width: 767px)").matches;
const GAP = 4;
const EDGE = 8;

function close(menu, { refocus = false } = {}) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

// Fixed to the window, since tables and lanes cut off what hangs over their edge.
function place(menu) {
  const pop = menu.querySelector(":scope > .pop");
  if (!pop) return;
  for (const side of ["position", "left", "top", "right", "bottom"]) pop.style[side] = "";
  if (isNarrow()) return;
  const anchor = menu.querySelector("summary").getBoundingClientRect();
  const hangsRight = getComputedStyle(pop).right !== "auto" && getComputedStyle(pop).left === "auto";
  const size = pop.getBoundingClientRect();
  const isRight = hangsRight || size.left === size.right || Math.abs(size.right - anchor.right) < 2;
  const wanted = isRight ? anchor.right - size.width : anchor.left;
  const left = Math.max(EDGE, Math.min(wanted, innerWidth - size.width - EDGE));
  const below = anchor.bottom + GAP;
  const fits = below + size.height <= innerHeight - EDGE;
  const top = fits ? below : Math.max(EDGE, Math.min(anchor.top - size.height - GAP, innerHeight - size.height - EDGE));
  pop.style.position = "fixed";
  pop.style.right = "auto";
  pop.style.bottom = "auto";
  pop.style.left = `${left}px`;
  pop.style.top = `${Math.max(top, EDGE)}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  for (const other of open()) if (other !== menu && !other.contains(menu)) close(other);
  place(menu);
  menu.querySelector(".pop [autofocus]")?.focus();
}, true);

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) close(menu);
  // A choice closes its menu; a form in it stays.
  const chosen = event.target.closest(".menu-list :is(a[href], form > button)");
  if (chosen && !chosen.closest("[data-stay]")) for (const menu of open()) close(menu);
});

addEventListener("resize", () => open().forEach(place));
document.addEventListener("scroll", (event) => {
  for (const menu of open()) if (event.target.contains?.(menu) && event.target !== menu.querySelector(".pop")) place(menu);
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  const menu = event.detail.elt.closest?.("details.menu[open]");
  if (menu) place(menu);
});

const items = (menu) => [...menu.querySelectorAll(".menu-list :is(a[href], form > button, .menu-item)")]
  .filter((item) => item.checkVisibility());

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key === "Escape") {
    const last = menu ?? open().pop();
    if (!last) return;
    event.preventDefault();
    event.stopPropagation();
    close(last, { refocus: true });
  }
  if (!menu || event.target.matches("input, textarea, select")) return;
  const all = items(menu);
  const here = all.indexOf(document.activeElement);
  const step = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (step === undefined || !all.length) return;
  event.preventDefault();
  all[(step + all.length) % all.length].focus();
}, true);

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)
    && !event.relatedTarget.closest(".ts-dropdown, dialog")) close(menu);
});

// ---- Side panel

const panel = document.getElementById("panel");
const inside = document.getElementById("panel-content");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-panel]");
  if (!link || !panel || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPanel(link.dataset.panel || link.href);
});

function openPanel(address) {
  for (const menu of open()) close(menu);
  inside.replaceChildren();
  window.htmx.ajax("GET", address, { target: inside, swap: "innerHTML" }).then(() => {
    if (inside.childElementCount && !panel.open) panel.showModal();
    inside.querySelector("[autofocus], input:not([type=hidden]):not([tabindex='-1']), select, textarea")?.focus();
  });
}

// A form in the panel answers into the panel.
document.addEventListener("htmx:load", (event) => {
  if (!inside?.contains(event.detail.elt)) return;
  for (const form of inside.querySelectorAll("form[method=post]:not([hx-post])")) {
    form.setAttribute("hx-post", form.getAttribute("action") || location.pathname);
    form.setAttribute("hx-target", "#panel-content");
    form.setAttribute("hx-swap", "innerHTML");
    window.htmx.process(form);
  }
});

async function closePanel() {
  const { changedForms } = await import(document.querySelector("script[data-app]").src);
  const texts = document.getElementById("texts").dataset;
  if (changedForms(panel).length && !window.confirm(texts.discard)) return;
  inside.replaceChildren();
  panel.close();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-panel]") || (event.target === panel && panel.open)) {
    event.preventDefault();
    closePanel();
  } else if (event.target.matches("dialog:not(#panel)") && isBeside(event, event.target)) {
    event.target.close();
  }
});

function isBeside({ clientX: x, clientY: y }, element) {
  const box = element.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

panel?.addEventListener("cancel", (event) => {
  event.preventDefault();
  closePanel();
});
// The server says that the panel has done its work. What it sent empties the panel; the form must
// still stand while htmx looks for the page's other places from it.
document.addEventListener("crm:close-panel", () => panel.close());
