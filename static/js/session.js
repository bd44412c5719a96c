// A session that ended must not cost what was typed: before a form is sent after a long pause the
// server is asked whether it still knows us; if not, the form waits until one has signed in again.

const FRESH = 10 * 60 * 1000;
const dialog = document.getElementById("signed-out");
let seenAt = Date.now();
let waiting = null; // { form, submitter }

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) seenAt = Date.now();
});

async function knowsUs() {
  try {
    const response = await fetch(dialog.dataset.pulseUrl, { redirect: "manual", cache: "no-store" });
    return response.type !== "opaqueredirect" && response.status < 400;
  } catch (error) {
    if (error instanceof TypeError) return true; // no connection: let the browser say so
    throw error;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!dialog || form.method !== "post" || Date.now() - seenAt < FRESH || form === waiting?.form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form, submitter: event.submitter };
  knowsUs().then((isKnown) => (isKnown ? send() : dialog.showModal()));
}, true);

document.addEventListener("crm:signed-out", () => dialog?.showModal());

async function send() {
  seenAt = Date.now();
  const { form, submitter } = waiting ?? {};
  if (form) form.requestSubmit(submitter ?? undefined);
  waiting = null;
}

// Signing in again makes a new token; every form of this page gets it.
async function renewToken() {
  const response = await fetch(dialog.dataset.pulseUrl, { redirect: "manual", cache: "no-store" });
  if (!response.ok) return false;
  const { token } = await response.json();
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  return true;
}

dialog?.querySelector("[data-send-again]").addEventListener("click", async () => {
  if (!(await renewToken())) {
    dialog.querySelector("[data-still-out]").hidden = false;
    return;
  }
  dialog.close();
  send();
});
