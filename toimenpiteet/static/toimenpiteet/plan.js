// The plan: everything opened or closed at once. The item: a link to an event that stands on another page.
const goals = () => document.querySelectorAll(".plan details.goal");
const opener = document.querySelector("[data-open-all]");
const closer = document.querySelector("[data-close-all]");
opener?.addEventListener("click", (event) => {
  event.preventDefault();
  goals().forEach((goal) => { goal.open = true; });
});
closer?.addEventListener("click", (event) => {
  event.preventDefault();
  goals().forEach((goal) => { goal.open = false; });
});
const printer = document.querySelector("[data-print]");
printer?.addEventListener("click", () => window.print());

// A goal that an address names is opened; an event that is on another page of the history is asked for.
const go = () => {
  const named = decodeURIComponent(location.hash.slice(1));
  if (!named) return;
  const found = document.getElementById(named);
  if (found instanceof HTMLDetailsElement) found.open = true;
  if (!found && named.startsWith("tapahtuma-")) location.replace(`?event=${encodeURIComponent(named.slice(10))}#${named}`);
};
window.addEventListener("hashchange", go);

// A form that opens in its place takes the focus to its first field, rows that are put in order to the first button,
// and a form that closes to the link that opened it.
let way_in = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest(".edit-part");
  way_in = form ? `${form.id}-open` : "";
});
document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.detail.target?.id);
  if (!part) return;
  const first = part.querySelector(".edit-form :is(textarea, input:not([type='hidden']))")
    ?? part.querySelector("[data-reorder] button:not([aria-disabled='true'])");
  const last = document.getElementById(way_in) ?? part.querySelector("[id$='-add-open']");
  if (part === document.activeElement) (first ?? last)?.focus();
  else if (way_in && !first) last?.focus();
});
go();
