// Reviewing by keys: A accepts the answer in hand, R goes to the words of a return, N goes on to the next one.
// Without this file everything is a button in its place.
const cards = () => [...document.querySelectorAll("[data-review] > .answer")];

const go = (card) => {
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "start" });
};
const press = (card, act) => card.querySelector(`button[value='${act}']`).click();
const acts = {
  "typed strong enter": (card) => press(card, "return"),
  a: (card) => press(card, "accept"),
  r: (card) => card.querySelector("textarea").focus(),
  n: (card) => {
    const next = cards()[cards().indexOf(card) + 1];
    if (next) go(next);
    else document.querySelector("[data-review] a[rel='next']")?.click();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select") ? "typed " : "";
  const strong = event.ctrlKey || event.metaKey || event.altKey ? "strong " : "";
  const act = acts[typing + strong + event.key.toLowerCase()];
  const card = document.activeElement?.closest?.("[data-review] > .answer");
  if (!act || !cards().length) return;
  event.preventDefault();
  // Nothing is decided unseen: the first key takes the first answer in hand.
  if (card) act(card);
  else go(cards()[0]);
});

for (const hint of document.querySelectorAll(".by-keys")) hint.hidden = false;
if (location.hash.startsWith("#katselmus-")) go(document.getElementById(location.hash.slice(1)));
