// The review queue by keyboard: single keys where a person has not switched them off, and what a screen reader is told.
const isTyping = (place) => place.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

const rows = () => [...document.querySelectorAll("#queue .row-link")];

const go = (distance) => {
  const links = rows();
  const current = links.findIndex((link) => link.closest("li").hasAttribute("aria-current"));
  const next = links[current < 0 && distance < 0 ? 0 : current + distance];
  (next ?? document.querySelector(distance > 0 ? "#queue [rel=next]" : "#queue [rel=prev]"))?.click();
};

// how many leads have been asked for and are not there yet
let underWay = 0;
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id === "beside") underWay += 1;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.target?.id === "beside") underWay -= 1;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest("form[data-quick]")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (!document.querySelector("[data-keys]") || isTyping(event.target)) return;
  if (document.querySelector("[popover]:popover-open")) return;
  // the lead on the screen is not the one that was asked for while that is on its way: no key goes on or decides
  if (underWay) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    event.preventDefault();
    go(key === "j" ? 1 : -1);
    return;
  }
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

const mark = (pathname) => {
  for (const link of rows()) {
    const row = link.closest("li");
    if (link.pathname === pathname) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
};

// the heading of the lead that was opened is where reading goes on
const opened = () => {
  const heading = document.querySelector("#beside [data-focus]");
  // not away from a field that waits to be mended, nor out of a dialog that was opened meanwhile
  if (heading && !document.querySelector('main [aria-invalid="true"], dialog[open], [popover]:popover-open')) heading.focus({ preventScroll: true });
};
// an answer that comes late does not take a dialog away from the person who has begun to type in it
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "beside" || !document.querySelector("#beside [popover]:popover-open")) return;
  detail.shouldSwap = false;
});
// in the same moment as the lead is there: the next J counts from it
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id !== "beside") return;
  mark(new URL(detail.requestConfig.path, location.href).pathname);
  document.querySelector(".review")?.classList.add("has-lead");
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "beside") opened();
});
opened();

// what stands on the page when it opens is not read out by itself
const said = document.getElementById("said");
const message = document.getElementById("messages")?.innerText.trim();
if (said && message) setTimeout(() => (said.textContent = message), 300);
