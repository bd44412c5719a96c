// The bell: loads its menu when it is opened, follows what was read, and asks now and then whether
// there is something new, as long as somebody looks at the page.

const bell = document.querySelector("[data-bell]");
const pop = bell.querySelector(".pop");
const EVERY = 60_000;
let askedAt = Date.now();
let isOver = false;

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

function show({ count, badge, words }) {
  const summary = bell.querySelector("summary");
  bell.dataset.count = count;
  summary.setAttribute("aria-label", words);
  summary.querySelector(".badge-n").textContent = badge;
}

async function ask() {
  if (isOver || document.hidden || Date.now() - askedAt < EVERY) return;
  askedAt = Date.now();
  const address = new URL(bell.dataset.countUrl, location.href);
  address.searchParams.set("seen", bell.dataset.count);
  try {
    const response = await fetch(address, { redirect: "manual", cache: "no-store", headers: { "X-Unattended": "1" } });
    isOver = response.type === "opaqueredirect"; // logged out meanwhile
    if (response.status !== 200) return;
    const now = await response.json();
    const isMore = now.count > Number(bell.dataset.count);
    show(now);
    if (isMore) document.dispatchEvent(new CustomEvent("crm:announce", { detail: now.words }));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no connection: the next minute may have one
  }
}

setInterval(ask, EVERY / 4);
document.addEventListener("visibilitychange", ask);
document.addEventListener("crm:unread", (event) => show(event.detail));

bell.addEventListener("toggle", () => {
  if (bell.open) window.htmx?.trigger(pop, "bell:open");
});

// What was pressed is gone with what it stood in.
pop.addEventListener("htmx:afterSettle", () => {
  if (bell.open && document.activeElement === document.body) bell.querySelector("summary").focus();
});

// Who opens the record has read what told of it. The link itself changes nothing, so this is said
// beside it, and the answer is not waited for: the page that comes asks how many are left.
const LEFT = "bell-left-by-link";

function askNow() {
  askedAt = 0;
  ask();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-read-url]");
  if (!link) return;
  sessionStorage.setItem(LEFT, "");
  const said = { method: "POST", headers: { "X-CSRFToken": token() }, redirect: "manual", keepalive: true };
  fetch(link.dataset.readUrl, said).then(askNow, () => {});
});

if (sessionStorage.getItem(LEFT) !== null) {
  sessionStorage.removeItem(LEFT);
  askNow();
}
