// Reviewing by keys: A accepts the answer in hand, R goes to the words of a return, N goes on to the next one, at the
// end of a page to the next page's first.
// Without this file everything is a button in its place.
const cards = () => [...document.querySelectorAll("[data-review] > .answer")];
const inHand = () => document.activeElement?.closest?.("[data-review] > .answer") ?? cards()[0];

const go = (card) => {
  if (!card) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start" });
};

const acts = {
  a: (card) => card.querySelector("button[value='accept']").click(),
  r: (card) => card.querySelector("textarea").focus(),
  n: (card) => {
    const next = cards()[cards().indexOf(card) + 1];
    if (next) go(next);
    else document.querySelector("[data-review] a[rel='next']")?.click();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key.toLowerCase()];
  const card = inHand();
  if (!act || !card) return;
  event.preventDefault();
  act(card);
});

for (const hint of document.querySelectorAll(".by-keys")) hint.hidden = false;
const wanted = location.hash.startsWith("#katselmus-") && document.getElementById(location.hash.slice(1));
if (wanted) go(wanted);
