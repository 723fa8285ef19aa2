// Small comforts only: every page works without this file.

// After a partial update the focus returns to what the person used, or to the first thing to do in what replaced it.
let used = "";
document.addEventListener("htmx:beforeRequest", (event) => { used = event.detail.elt.querySelector("button")?.id ?? ""; });
document.addEventListener("htmx:afterSwap", (event) => {
  const card = document.getElementById(event.detail.target.id);
  if (!card || event.detail.target.id === "live") return;
  const place = card.querySelector("[aria-invalid='true']") || document.getElementById(used)
    || card.querySelector(".moves button, .moves summary, h3 a") || card;
  if (place === card) card.tabIndex = -1;
  place.focus({ preventScroll: true });
});

// A text that was typed but not sent is not lost by leaving the page in haste.
let sending = false;
document.addEventListener("submit", () => { sending = true; });
document.addEventListener("htmx:afterRequest", () => { sending = false; });
window.addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
  if (typed && !sending) event.preventDefault();
});
