// The little that HTML does not do by itself. Every page works without it.
import "./main.css";
import "./map.js";
import "./review.js";

const say = (name) => {
  const template = document.getElementById(name);
  const toasts = document.getElementById("toasts");
  if (template && toasts) toasts.replaceChildren(template.content.cloneNode(true));
};

// A request that brought nothing is said aloud; a refusal (403, 409, 412, 503) is a sentence of the server's own.
document.addEventListener("htmx:sendError", () => say("trouble-line"));
document.addEventListener("htmx:timeout", () => say("trouble-line"));
document.addEventListener("htmx:responseError", () => say("trouble-server"));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { status } = detail.xhr;
  if (![403, 409, 412, 503].includes(status)) return;
  if (/^\s*<!doctype/i.test(detail.serverResponse)) {
    // a whole page does not fit into a part of one
    detail.shouldSwap = false;
    say(status === 403 ? "trouble-old" : "trouble-server");
    return;
  }
  if (!detail.serverResponse.includes("data-refusal")) return;
  detail.target = document.getElementById("toasts");
  detail.swapOverride = "innerHTML";
  detail.selectOverride = "[data-refusal]";
});
// the next thing a person does (polling does not count) clears the last complaint
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig?.triggeringEvent) document.getElementById("toasts")?.replaceChildren();
});

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss]")?.closest(".alert")?.remove();
});
// One box ticks all of a name in its form.
document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.checksAll;
  if (!name) return;
  for (const box of target.form.querySelectorAll(`input[type="checkbox"][name="${name}"]`)) box.checked = target.checked;
});
// A form is sent once: a second click while it is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // `data-stays`: the answer is a file, so the page stays
  if (form.getAttribute("method") !== "post" || form.matches("[hx-post], [data-stays]")) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else if (!event.defaultPrevented) form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// After a refused form the first field to mend has the focus.
const mend = () => document.querySelector('main [aria-invalid="true"]')?.focus();
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status === 422) mend();
});
mend();

// Details that stand open on a desk are folded on a phone.
const fold = () => {
  if (!matchMedia("(width < 48rem)").matches) return;
  for (const details of document.querySelectorAll("[data-folds]:not([data-folded])")) {
    details.open = false;
    details.dataset.folded = "";
  }
};
document.addEventListener("htmx:afterSettle", fold);
fold();

// A search has been answered while it was typed; leaving the field is no reason to load the list again, and to lose what was ticked.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches('form[hx-get] input[type="search"]')) event.stopPropagation();
  },
  true,
);
