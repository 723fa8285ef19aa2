// Dragging a row of a list to its place; the buttons of each row do the same without it.
// A dropped row is sent as the form would send it: all rows in their order, and the one that moved.

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];

function begin(event) {
  const grip = event.target.closest?.("[data-reorder] .grip");
  if (!grip || event.button) return;
  event.preventDefault();
  const row = grip.closest("[data-row]");
  const list = row.parentElement;
  const before = rowsOf(list).indexOf(row);
  row.classList.add("is-dragged");
  const follow = (move) => {
    const over = rowsOf(list).find((other) => {
      const box = other.getBoundingClientRect();
      return other !== row && move.clientY >= box.top && move.clientY <= box.bottom;
    });
    if (!over) return;
    const down = rowsOf(list).indexOf(over) > rowsOf(list).indexOf(row);
    list.insertBefore(row, down ? over.nextSibling : over);
  };
  // On the document: a captured pointer is let go when its element moves in the list.
  const ended = new AbortController();
  const drop = () => {
    ended.abort();
    row.classList.remove("is-dragged");
    if (rowsOf(list).indexOf(row) !== before) send(list.closest("form"), row.dataset.row);
  };
  document.addEventListener("pointermove", follow, { signal: ended.signal });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, drop, { signal: ended.signal });
}

function send(form, row) {
  pressed = form.querySelector(`[data-row="${row}"] button:not([aria-disabled="true"])`).id;
  window.htmx.ajax("POST", form.action, { source: form, target: "#ordered", swap: "outerHTML", values: { move: `${row}:here` } });
}

function prepare() {
  for (const form of document.querySelectorAll("[data-reorder]")) form.classList.toggle("drags", Boolean(window.htmx));
}

// The button that was pressed keeps the focus where it went; at an end of the list its neighbour takes it.
let pressed = "";
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reorder] button");
  if (button?.getAttribute("aria-disabled") === "true") event.preventDefault();
  else pressed = button?.id ?? "";
}, true);
document.addEventListener("htmx:afterSettle", () => {
  prepare();
  const button = pressed && document.getElementById(pressed);
  if (button) button.focus();
  pressed = "";
});
document.addEventListener("pointerdown", begin);
prepare();
