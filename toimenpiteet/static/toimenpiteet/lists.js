// Choosing many in a list: a range with shift, all, none, and a bar that tells how many. Without this file they are
// plain checkboxes, and space ticks each.
const bar = document.querySelector("[data-bulk]");
const boxes = () => [...document.querySelectorAll("input[type='checkbox'][form='bulk']")];
const all = document.querySelector("[data-choose-all]");
const none = document.querySelector("[data-choose-none]");
const said = document.querySelector("[data-chosen]");
let last = null;

// The box that was ticked last has a way to the bar, which stands many stops away.
const way = document.createElement("a");
way.href = "#bulk-name";
way.className = "button quiet";

const tell = () => {
  const found = boxes();
  const chosen = found.filter((box) => box.checked).length;
  if (all) {
    all.checked = found.length > 0 && chosen === found.length;
    all.indeterminate = chosen > 0 && chosen < found.length;
  }
  if (!bar) return;
  const count = bar.querySelector("[data-count]");
  if (count.textContent !== String(chosen)) {
    count.textContent = chosen;
    said.textContent = chosen ? `${said.dataset.chosen} ${chosen}` : "";
  }
  way.textContent = `${said.dataset.toBar} (${chosen})`;
  if (chosen && last) last.closest("label").after(way);
  else way.remove();
  bar.querySelector("[data-counted]").hidden = chosen === 0;
  bar.classList.toggle("is-active", chosen > 0);
};

// The comment stands there when the move asks for it; without a script it always does.
const ask = () => {
  const field = bar?.querySelector(".bulk-comment");
  const option = bar?.querySelector("select")?.selectedOptions[0];
  if (!field) return;
  const needed = Boolean(option && "comment" in option.dataset);
  field.hidden = !needed && !field.querySelector("textarea").value;
  field.querySelector("textarea").required = needed;
};

const range = (box) => {
  const found = boxes();
  const ends = [found.indexOf(last), found.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] >= 0) found.slice(ends[0], ends[1] + 1).forEach((one) => { one.checked = box.checked; });
};

document.addEventListener("click", (event) => {
  const box = event.target.closest("input[type='checkbox'][form='bulk']");
  if (!box) return;
  if (event.shiftKey && last && last !== box) range(box);
  last = box;
  tell();
});
// Some browsers say nothing of shift in the click that the space bar makes.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("input[type='checkbox'][form='bulk']");
  if (!box || event.key !== " " || !event.shiftKey) return;
  event.preventDefault();
  box.checked = !box.checked;
  if (last && last !== box) range(box);
  last = box;
  tell();
});
all?.addEventListener("change", () => {
  boxes().forEach((box) => { box.checked = all.checked; });
  tell();
});
none?.addEventListener("click", () => {
  boxes().forEach((box) => { box.checked = false; });
  last = null;
  tell();
  boxes()[0]?.focus();
});
bar?.addEventListener("change", ask);
document.addEventListener("htmx:afterSwap", tell);
// The back button brings back what was ticked.
window.addEventListener("pageshow", () => { tell(); ask(); });

if (bar) {
  bar.classList.add("is-scripted");
  bar.querySelector("[data-without-script]").hidden = true;
  if (none) none.hidden = false;
}
if (all) all.closest("label").hidden = boxes().length === 0;
tell();
ask();
