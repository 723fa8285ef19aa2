// Answering a round: drafts that save themselves, one row after another by keyboard. All works without this file.
const FORM = ".answer-form";
const QUIET_MS = 1000;
const SOONEST_MS = 5000;
const LATEST_MS = 30000;
const forms = () => [...document.querySelectorAll(FORM)];
const row_of = (thing) => thing.closest("article.answer");
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

/* --- Drafts: kept a moment after typing stops, and when one leaves; a save that fails is tried again --- */
const kept = new WeakMap();
const state_of = (form) => {
  if (!kept.has(form)) kept.set(form, { dirty: false, timer: 0, pause: SOONEST_MS, failed: false, saving: null });
  return kept.get(form);
};
const tell = (form, said) => {
  const place = form.querySelector(".draft-said");
  // A link that is being pressed stays.
  if (place.dataset.said === said) return;
  const words = document.getElementById(said)?.content;
  place.dataset.said = said;
  place.replaceChildren(words ? words.cloneNode(true) : said);
  place.classList.toggle("late", Boolean(words) && said !== "draft-saving");
};
const body_of = (form) => {
  const body = new FormData(form);
  body.set("csrfmiddlewaretoken", cookie("csrftoken") ?? body.get("csrfmiddlewaretoken"));
  body.set("act", "draft");
  return body;
};
const later = (form, milliseconds) => {
  const state = state_of(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), milliseconds);
};
const try_again = (form, said) => {
  const state = state_of(form);
  Object.assign(state, { dirty: true, failed: true });
  tell(form, said);
  later(form, state.pause);
  state.pause = Math.min(state.pause * 2, LATEST_MS);
};
const send = async (form) => {
  const state = state_of(form);
  const body = body_of(form);
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  state.dirty = false;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers, keepalive: true });
  } catch {
    return try_again(form, "draft-offline");
  }
  if (answer.ok) return saved(form, body, await answer.text());
  if (answer.status >= 500) return try_again(form, "draft-broken");
  const plain = answer.headers.get("Content-Type").startsWith("text/plain");
  if (!plain && [401, 403].includes(answer.status)) return try_again(form, "draft-over");
  // What cannot be kept as it is: the words of the refusal.
  return tell(form, plain ? await answer.text() : "draft-broken");
};
const save = (form) => {
  const state = state_of(form);
  clearTimeout(state.timer);
  if (state.saving) return state.saving.then(() => save(form));
  if (!state.dirty || !form.isConnected) return Promise.resolve();
  state.saving = send(form).finally(() => { state.saving = null; });
  return state.saving;
};
const saved = (form, body, html) => {
  Object.assign(state_of(form), { pause: SOONEST_MS, failed: false });
  const came = new DOMParser().parseFromString(html, "text/html");
  tell(form, came.querySelector("[data-said]").textContent);
  const [here, there] = [row_of(form).querySelector("[data-state]"), came.querySelector("[data-state]")];
  if (here) here.className = `answer-state state-${there.dataset.state}`;
  here?.replaceChildren(there.textContent);
  show_head(came.getElementById("kierros"));
  for (const area of form.querySelectorAll("textarea")) area.defaultValue = body.get(area.name);
  form.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true }));
};
const show_head = (fresh) => {
  const head = document.getElementById("kierros");
  if (!head || head.contains(document.activeElement)) return;
  head.replaceWith(document.adoptNode(fresh));
  window.htmx.process(fresh);
  keep_unfolded();
};
// On a narrow page the states are folded until somebody opens them.
let unfolded = false;
const fold = () => document.querySelector("#kierros .filters-open");
const keep_unfolded = () => fold()?.setAttribute("aria-expanded", String(unfolded));
document.addEventListener("click", ({ target }) => {
  if (target === fold()) unfolded = fold().getAttribute("aria-expanded") === "true";
});
const changed = (form) => {
  delete form.dataset.untouched;
  state_of(form).dirty = true;
  later(form, QUIET_MS);
};
const all_again = () => forms().filter((form) => state_of(form).failed).forEach((form) => save(form));
document.addEventListener("input", ({ target }) => { if (target.matches(`${FORM} *`)) changed(target.form); });
document.addEventListener("focusout", ({ target }) => { if (target.matches(`${FORM} *`) && target.form) save(target.form); });
window.addEventListener("online", all_again);
window.addEventListener("focus", all_again);
document.addEventListener("visibilitychange", () => forms().forEach((form) => save(form)));

/* --- Sending waits for a draft that is on its way --- */
document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, issueRequest, triggeringEvent } = event.detail;
  const all = elt.id === "valmiit";
  if (event.defaultPrevented || verb !== "post" || !(all || elt.matches(FORM))) return;
  const pressed = triggeringEvent?.submitter;
  // Whoever cannot send keeps the draft by a button, in the same way in which it keeps itself.
  if (pressed?.value === "draft") {
    event.preventDefault();
    state_of(elt).dirty = true;
    save(elt);
    return;
  }
  const mine = all ? forms() : [elt];
  if (!all) {
    clearTimeout(state_of(elt).timer);
    state_of(elt).dirty = false;
  }
  const under_way = mine.filter((form) => state_of(form).dirty || state_of(form).saving);
  if (!under_way.length) return;
  event.preventDefault();
  // Who goes on meanwhile takes the focus from the button, and htmx would forget which one it was.
  const name_it = ({ detail }) => { detail.parameters[pressed.name] = pressed.value; };
  if (pressed?.name) elt.addEventListener("htmx:configRequest", name_it, { once: true });
  Promise.all(under_way.map(save)).then(() => issueRequest(true));
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // What was refused or lost is kept as a draft.
  if (!detail.successful && detail.elt.matches(FORM) && detail.elt.isConnected) changed(detail.elt);
});

/* --- After an act a row stands under its heading, and the focus is in the next one to answer --- */
const waits = (row) => "waits" in row.dataset;
const settle_rows = () => {
  keep_unfolded();
  for (const row of document.querySelectorAll("article.answer")) {
    const home = document.getElementById(`${row.dataset.group}-rows`);
    if (home && row.parentElement !== home) home.prepend(row);
  }
  for (const group of document.querySelectorAll(".answer-group")) {
    group.querySelector(".count").textContent = group.querySelectorAll("article").length;
  }
};
const next_after = (row) => {
  const others = [...document.querySelectorAll("article.answer")].filter((other) => other !== row && waits(other));
  const follows = (other) => row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  return others.find(follows) ?? others[0];
};
// A row is one line until its words are opened: by their fold, by choosing a light, or by going on to it.
const open_row = (row) => {
  row.querySelector(".answer-typed").open = true;
  return row.querySelector(".lights :checked") ?? row.querySelector(".lights input");
};
const go_to = (row) => {
  const place = row ? open_row(row) : document.getElementById("kierros");
  (row ?? place).scrollIntoView({ block: row ? "nearest" : "start" });
  place.focus({ preventScroll: true });
};
document.addEventListener("change", ({ target }) => { if (target.matches(".lights input")) open_row(row_of(target)); });
document.addEventListener("click", (event) => {
  const words = event.target.closest(".answer-typed:not([open])");
  if (!words) return;
  event.preventDefault();
  const light = open_row(row_of(words));
  (light.checked ? words.querySelector("textarea") : light).focus();
});
// Whoever is led to a row finds it open.
const aimed = document.getElementById(location.hash.slice(1));
if (aimed?.matches(".answer:has(.lights)")) open_row(aimed);
const replaced = new Map();
const wrong = ".conflict, [aria-invalid='true']:not(fieldset), [aria-invalid='true'] input";
const BESIDE = ".answer-plan, .answer-evidence";
document.addEventListener("htmx:beforeSwap", ({ detail: { target, shouldSwap } }) => {
  if (!shouldSwap || !target.matches("article.answer")) return;
  // The plan and the evidence beside the answer stay as they are, with what is open; the form comes anew.
  const beside = [...target.querySelectorAll(BESIDE)];
  beside.forEach((part) => part.remove());
  replaced.set(target.id, { beside, waited: waits(target) });
});
// At the swap itself site.js takes the focus.
document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
  const row = document.getElementById(target.id);
  const before = replaced.get(target.id);
  replaced.delete(target.id);
  if (!before || !row) return;
  for (const part of row.querySelectorAll(BESIDE)) {
    const kept = before.beside.find(({ id }) => id === part.id);
    if (kept) part.replaceWith(kept);
  }
  const next = before.waited && !waits(row) && !row.querySelector(wrong) ? next_after(row) : row;
  settle_rows();
  // htmx gives the focus back to the field it was in; what is wrong may be in another.
  const left = ![document.body, null].includes(document.activeElement) && !row.contains(document.activeElement);
  if (next !== row && !left) go_to(next);
  else if (!left) (row.querySelector(wrong) ?? (row.contains(document.activeElement) ? null : open_row(row)))?.focus();
});
document.addEventListener("htmx:oobAfterSwap", settle_rows);

/* --- Keys: Ctrl and Enter send; arriving at the last round's words selects them, so that typing replaces them --- */
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(FORM);
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!form.querySelector(".answer-typed").open) return go_to(row_of(form));
  const button = form.querySelector("button[value='send']");
  if (button) button.click();
  else save(form).then(() => go_to(next_after(row_of(form))));
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-group=unanswered] [data-untouched] textarea")) target.select();
});
