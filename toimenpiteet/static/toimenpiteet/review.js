// Reviewing by keys: A accepts the answer in hand, R goes to the words of a return, N goes on to the next one, at the
// end of a page to the next page's first.
// Without this file everything is a button in its place.
const cards = () => [...document.querySelectorAll("[data-review] > .answer")];
const inHand = () => document.activeElement?.closest?.("[data-review] > .answer");

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
  if (!act || !cards().length) return;
  event.preventDefault();
  // Nothing is decided unseen: the first key takes the first answer in hand.
  const card = inHand();
  if (card) act(card);
  else go(cards()[0]);
});

// From the words of a return: Ctrl and Enter return, Escape goes back to the answer.
document.addEventListener("keydown", (event) => {
  const card = event.target.matches("[data-review] textarea") && inHand();
  if (!card) return;
  if (event.key === "Escape") go(card);
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  card.querySelector("button[value='return']").click();
});

for (const hint of document.querySelectorAll(".by-keys")) hint.hidden = false;
const wanted = location.hash.startsWith("#katselmus-") && document.getElementById(location.hash.slice(1));
if (wanted) go(wanted);
else if (location.hash === "#queue") go(cards()[0]);
