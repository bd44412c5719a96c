// Cards dragged from lane to lane. The menu on each card does the same without dragging.

const CONFLICT = 409;

let dragged = null;

const laneOf = (element) => element.closest?.("[data-board] [data-lane]");

function unmark() {
  for (const lane of document.querySelectorAll(".lane.is-target")) lane.classList.remove("is-target");
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-board] [data-card]");
  if (!card) return;
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.card);
  requestAnimationFrame(() => card.classList.add("is-dragged"));
});

document.addEventListener("dragover", (event) => {
  const lane = dragged && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  if (!lane.classList.contains("is-target")) unmark();
  lane.classList.toggle("is-target", lane !== laneOf(dragged));
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  unmark();
});

document.addEventListener("drop", (event) => {
  const lane = dragged && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  const card = dragged;
  if (lane !== laneOf(card)) move(card, lane);
});

document.addEventListener("submit", (event) => {
  const card = event.target.closest("[data-board] [data-card]");
  const lane = card && document.querySelector(`[data-lane="${CSS.escape(event.submitter?.value ?? "")}"]`);
  if (!lane) return;
  event.preventDefault();
  move(card, lane);
});

async function move(card, lane) {
  const body = new FormData(card.querySelector("form"));
  body.set("value", lane.dataset.lane);
  card.classList.add("is-moving");
  lane.querySelector("ul").prepend(card);
  try {
    const response = await fetch(card.dataset.moveUrl, { method: "POST", body });
    if (response.status === CONFLICT) {
      send(card.dataset.moveUrl, body);
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const board = page.querySelector("[data-board]");
    if (!response.ok || !board) {
      location.assign(response.ok ? response.url : location.href);
      return;
    }
    renew(page, board, card.dataset.card);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    location.reload();
  }
}

// Somebody else moved it meanwhile, and nothing was written: the same once more as a plain form,
// whose answer is a page that asks.
function send(action, body) {
  const form = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  for (const [name, value] of body) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

// The totals of two lanes have changed, and the server may have refused: show what it says.
function renew(page, board, id) {
  const old = document.querySelector("[data-board]");
  const left = old.scrollLeft;
  const tops = [...old.querySelectorAll(".lane > ul")].map((list) => list.scrollTop);
  old.replaceWith(document.adoptNode(board));
  board.scrollLeft = left;
  board.querySelectorAll(".lane > ul").forEach((list, index) => { list.scrollTop = tops[index] ?? 0; });
  const toasts = page.getElementById("toasts");
  document.getElementById("toasts").replaceChildren(...toasts.children);
  const said = document.querySelector("#toasts .toast-note > span")?.textContent;
  document.dispatchEvent(new CustomEvent("crm:announce", { detail: said }));
  board.querySelector(`[data-card="${id}"] summary`)?.focus({ preventScroll: true });
}
