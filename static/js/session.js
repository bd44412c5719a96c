// A session that ended must not cost what was typed: before a form in which something was typed is
// sent, or any form after a long pause, the server is asked whether it still knows us; if not, the
// form waits until one has signed in again.

const FRESH = 10 * 60 * 1000;
const dialog = document.getElementById("signed-out");
let seenAt = Date.now();
let waiting = null; // { form, submitter }

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) seenAt = Date.now();
});

function isTyped(field) {
  if (field.type === "hidden" || !field.name) return false;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  if ("defaultChecked" in field && /checkbox|radio/.test(field.type)) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

async function knowsUs() {
  try {
    return await renewToken();
  } catch (error) {
    if (error instanceof TypeError) return true; // no connection: let the browser say so
    throw error;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!dialog || form.method !== "post" || form === waiting?.form) return;
  if (Date.now() - seenAt < FRESH && ![...form.elements].some(isTyped)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form, submitter: event.submitter };
  knowsUs().then((isKnown) => (isKnown ? send() : dialog.showModal()));
}, true);

document.addEventListener("crm:signed-out", () => {
  if (!dialog?.open) dialog?.showModal();
});

// The token was renewed in another tab: a form is sent once more with the one that holds now.
const sentAgain = new WeakSet();
document.addEventListener("crm:form-expired", async (event) => {
  const isKnown = await knowsUs();
  const form = event.detail;
  if (!isKnown) {
    if (form.matches("form")) waiting = { form };
    document.dispatchEvent(new CustomEvent("crm:signed-out"));
  } else if (form.matches("form") && !sentAgain.has(form)) {
    sentAgain.add(form);
    form.requestSubmit();
  } else {
    const { failed } = document.getElementById("texts").dataset;
    document.dispatchEvent(new CustomEvent("crm:toast", { detail: { text: failed, isBad: true } }));
  }
});

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
