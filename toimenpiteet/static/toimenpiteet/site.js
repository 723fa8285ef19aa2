// Small comforts only: every page works without this file.
const here = document.body.dataset;
const $ = (selector, root = document) => root.querySelector(selector);
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

/* --- Notices: one live region for everything that happens without a new page --- */
const say = (name) => {
  const notice = $(`#${name}`)?.content.cloneNode(true);
  if (notice) $("#live").replaceChildren(notice);
};

/* --- Signing in leads back to the very place on the page: browsers keep it from the server --- */
const back = $("[data-sign-in] [name=next]");
back?.form.addEventListener("submit", () => { if (!back.value.includes("#")) back.value += location.hash; });
$(".me")?.addEventListener("click", ({ target }) => {
  if (target.search?.startsWith("?next=") && !target.hash) target.hash = location.hash;
});

/* --- Focus: after a partial update it returns to what was used, or to the first thing to do in what replaced it --- */
let used = "";
const hands = new WeakMap();
// What an opened fold fetches comes beside the focus, and takes it from nobody.
const unfolds = ({ requestConfig }) => requestConfig?.triggeringEvent?.type === "toggle";
const reach = (id) => [id, `${id}-summary`].map((name) => document.getElementById(name)).find((thing) => thing?.checkVisibility());
document.addEventListener("htmx:beforeRequest", (event) => {
  if (unfolds(event.detail)) return;
  const now = document.activeElement?.id || (event.detail.elt.querySelector("button")?.id ?? "");
  // What undoes leads back to what was done.
  if (!now.endsWith("undo")) used = now;
  hands.set(event.detail.xhr, document.activeElement);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const card = document.getElementById(event.detail.target.id);
  if (!card || event.detail.target.id === "live" || unfolds(event.detail)) return;
  const now = document.activeElement;
  // What the person went on to meanwhile, in the part or elsewhere, they keep in hand.
  if (now !== document.body && (card.contains(now) || now !== hands.get(event.detail.xhr))) return;
  const place = $(".conflict, [aria-invalid='true']", card) || reach(used)
    || $(".moves button, .moves summary", card) || $("h3 a", card) || card;
  if (place === card) card.tabIndex = -1;
  place.focus({ preventScroll: true });
  // Nearest: nothing moves when it is in sight already.
  place.scrollIntoView({ block: place.matches(".conflict") ? "start" : "nearest" });
});
// A button that rested during a request lost the focus; where nothing was swapped, it gets it back.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (document.activeElement === document.body) reach(used)?.focus({ preventScroll: true });
  // What was told of an earlier act does not stand above a refusal.
  if (detail.failed && detail.xhr.status && !$("#live .refusal")) $("#live").replaceChildren();
});

/* --- What is open and being typed in a part that is redrawn stays: folds, forms in their places, and comments --- */
const fold_name = (fold) => fold.id || fold.querySelector(":scope > summary")?.id;
const fold_of = (name) => document.getElementById(name)?.closest("details");
const unfold = (thing) => {
  for (let part = thing.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
};
document.addEventListener("htmx:beforeSwap", ({ detail: { shouldSwap, target, requestConfig } }) => {
  if (!shouldSwap) return;
  const others = (thing) => !thing.contains(requestConfig.elt);
  const forms = [...target.querySelectorAll(".edit-part")].filter(others);
  const texts = [...target.querySelectorAll("textarea[id]")]
    .filter((area) => others(area.form) && !area.closest(".edit-part") && area.value !== area.defaultValue);
  // The fold of an act itself closes with it.
  const folds = [...target.querySelectorAll("details[open]")]
    .filter((fold) => others(fold) || !fold.matches(".move")).map(fold_name).filter(Boolean);
  forms.forEach((form) => form.remove());
  document.addEventListener("htmx:afterSwap", () => {
    forms.forEach((form) => document.getElementById(form.id)?.replaceWith(form));
    texts.forEach(({ id, value }) => {
      const area = document.getElementById(id);
      if (!area) return;
      area.value = value;
      unfold(area);
    });
  }, { once: true });
  // When htmx knows the new part: what is opened earlier fetches nothing.
  document.addEventListener("htmx:afterSettle", () => {
    folds.map(fold_of).forEach((fold) => { if (fold) fold.open = true; });
  }, { once: true });
});
// Two quick ticks: the second waits until the first has redrawn the place of both, and is then pressed there.
const under_way = new Set();
const waiting = [];
document.addEventListener("htmx:confirm", (event) => {
  const { verb, target, triggeringEvent } = event.detail;
  if (verb !== "post" || !under_way.has(target.id)) return;
  event.preventDefault();
  waiting.push(triggeringEvent?.submitter?.id);
});
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  if (requestConfig.verb === "post") under_way.add(requestConfig.target.id);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "post") under_way.delete(detail.requestConfig.target.id);
  if (!detail.successful) waiting.length = 0;
});
document.addEventListener("htmx:afterSettle", () => {
  // What lost the focus while the new part settled gets it back, and what waits is pressed as by hand.
  if (document.activeElement === document.body) reach(used)?.focus({ preventScroll: true });
  if (under_way.size) return;
  const next = document.getElementById(waiting.shift());
  next?.focus({ preventScroll: true });
  next?.click();
});
// Nothing more can be typed into what is on its way.
const rest = (event) => {
  if (!event.detail.elt.matches("form")) return;
  const typed = event.detail.elt.querySelectorAll("textarea, input[type='text']");
  typed.forEach((control) => { control.readOnly = event.type === "htmx:beforeRequest"; });
};
for (const moment of ["htmx:beforeRequest", "htmx:afterRequest"]) document.addEventListener(moment, rest);

// A page that comes back with what was wrong in it is read from there.
const refused_here = $("main .refusal[role='alert']");
if (refused_here) {
  refused_here.tabIndex = -1;
  refused_here.focus();
}

/* --- Trouble: what was typed stays, and the page says what to do --- */
document.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.left = navigator.onLine; });
document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.requestConfig.verb === "get") say("trouble-reading");
  else say(detail.xhr.left ? "trouble-unknown" : "trouble-offline");
  again(detail.elt);
});
// What is fetched once, when it is opened, is fetched anew when it did not come.
const again = (part) => {
  if (!part.matches("[hx-trigger^='toggle']")) return;
  const fresh = part.cloneNode(true);
  fresh.classList.remove("htmx-request");
  part.replaceWith(fresh);
  const folded = fresh.closest("details");
  folded.open = false;
  $("summary", folded).focus({ preventScroll: true });
  window.htmx.process(fresh);
};
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) say("trouble-broken"); });

// A page may stand open over a new sign-in; its forms then carry an old token.
const refreshToken = (form) => {
  const field = form.elements?.namedItem("csrfmiddlewaretoken");
  const token = cookie("csrftoken");
  if (field && token) field.value = token;
};
document.addEventListener("submit", (event) => refreshToken(event.target), true);
// The address may have changed since the page came: what is searched for follows into another language.
$(".languages").addEventListener("submit", (event) => { event.target.elements.next.value = location.pathname + location.search; });
document.addEventListener("htmx:configRequest", (event) => {
  const token = cookie("csrftoken");
  if (token && "csrfmiddlewaretoken" in event.detail.parameters) event.detail.parameters.csrfmiddlewaretoken = token;
});

/* --- Drafts: what is being typed is kept in this tab until it is saved, thrown away, or the person signs out --- */
const DRAFT = "draft ";
const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));
const forget = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));
const kept = (control) => here.person && control.form?.method === "post" && !control.form.closest("[data-no-draft]")
  && control.matches("textarea, input[type='text'], input:not([type])") && control.name;
const form_key = (form) => `${DRAFT}${here.person} ${location.pathname} ${form.getAttribute("action") ?? ""} `;
const draft_key = (control) => `${form_key(control.form)}${control.name}`;
const typed_in = (form) => drafts().filter((key) => key.startsWith(form_key(form)));

document.addEventListener("input", (event) => {
  const control = event.target;
  if (!kept(control)) return;
  if (control.value === control.defaultValue) sessionStorage.removeItem(draft_key(control));
  else sessionStorage.setItem(draft_key(control), control.value);
});

// Plain forms: what was sent is forgotten when the answer is not a refusal.
const answered = () => {
  const sent = JSON.parse(sessionStorage.getItem("sent") ?? "[]");
  sessionStorage.removeItem("sent");
  const status = performance.getEntriesByType("navigation")[0]?.responseStatus;
  const refused = status ? status >= 400 : $("[data-refused], .refusal, [aria-invalid='true']");
  if (here.person && !refused) forget(sent);
};
let sending = false;
const sent_now = new WeakSet();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  // A double click sends once.
  if (sent_now.has(form)) { event.preventDefault(); return; }
  if (form.getAttribute("method") === "post") {
    sent_now.add(form);
    setTimeout(() => sent_now.delete(form), 5000);
  }
  sending = true;
  if (event.target.matches("[data-signs-out]")) forget(drafts());
  else sessionStorage.setItem("sent", JSON.stringify(typed_in(event.target)));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest("form");
  event.detail.xhr.typed = form ? typed_in(form) : [];
});
document.addEventListener("htmx:afterRequest", (event) => {
  sending = false;
  sessionStorage.removeItem("sent");
  if (event.detail.successful) forget(event.detail.xhr.typed ?? []);
});

// A page that keeps drafts on the server says what it has kept.
document.addEventListener("draft:saved", ({ target }) => {
  const saved = [...target.elements].filter((control) => kept(control) && control.value === control.defaultValue);
  forget(saved.map(draft_key));
});

const offerDrafts = () => {
  const found = [...document.querySelectorAll("textarea, input")].filter((control) => kept(control)
    && (sessionStorage.getItem(draft_key(control)) ?? control.value) !== control.value);
  if (!found.length) return;
  say("put-back");
  $("[data-draft='back']").addEventListener("click", () => {
    found.forEach((control) => {
      control.value = sessionStorage.getItem(draft_key(control));
      unfold(control);
    });
    $("#live").replaceChildren();
    found[0].focus();
  });
  $("[data-draft='away']").addEventListener("click", () => {
    forget(found.map(draft_key));
    $("#live").replaceChildren();
  });
};
// Somebody else's, who was signed in in this tab before.
if (here.person) forget(drafts().filter((key) => !key.startsWith(`${DRAFT}${here.person} `)));
answered();
offerDrafts();

window.addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
  if (typed && !sending) event.preventDefault();
});
/* --- Back to the same place: pages come anew, so where one was is kept with the history's entry, and nothing else --- */
const keep_place = () => {
  const folds = [...document.querySelectorAll("main details")].map((fold) => [fold_name(fold), fold.open]);
  history.replaceState({ ...history.state, folds: folds.filter(([name]) => name), top: scrollY, hand: hand() }, "");
};
// What has the focus, by name; a link by where it leads, and the how manyth of these it is.
const leading = (href) => [...document.querySelectorAll("main a[href]")].filter((link) => link.getAttribute("href") === href);
const hand = () => {
  const now = document.activeElement;
  const href = now.closest("main") && now.getAttribute("href");
  return now.id ? [now.id] : href ? [href, leading(href).indexOf(now)] : [];
};
const in_hand = ([name, at]) => (at === undefined ? document.getElementById(name) : leading(name)[at]);
window.addEventListener("beforeunload", keep_place);
// Some telephones tell only of the link.
document.addEventListener("click", ({ target }) => { if (target.closest?.("main a")) keep_place(); });
const put_back = ({ folds, top, hand: held = [] }) => {
  const left = new Map(folds);
  const over = new AbortController();
  const go = { signal: over.signal };
  const stop = () => {
    over.abort();
    history.scrollRestoration = "auto";
  };
  // What is inside a fold that fetches it is opened when it has come; then things have their height.
  const place = () => {
    for (const [name, open] of left) {
      const fold = fold_of(name);
      if (fold) fold.open = open;
      if (fold) left.delete(name);
    }
    scrollTo(0, top);
    if (document.activeElement === document.body) in_hand(held)?.focus({ preventScroll: true });
  };
  history.scrollRestoration = "manual";
  for (const moment of ["htmx:afterSettle", "load"]) window.addEventListener(moment, place, go);
  for (const moment of ["wheel", "pointerdown", "keydown"]) window.addEventListener(moment, stop, go);
  setTimeout(stop, 4000);
  place();
};
// After htmx knows the page: what is opened earlier fetches nothing.
document.addEventListener("DOMContentLoaded", () => {
  const [{ type }] = performance.getEntriesByType("navigation");
  if (type === "back_forward" && history.state?.folds) put_back(history.state);
});

// Back from the browser's memory: the page is as it was, so nothing is on its way.
window.addEventListener("pageshow", () => { sending = false; });

/* --- The session's end: said five minutes before, asked of the server first, since another tab may have gone on --- */
const WARN_SECONDS = 300;
const LONGEST_WAIT = 2 ** 31 - 1;
const session = { timer: 0, due: 0, quiet: false };
const ask = async (method) => {
  const answer = await fetch(here.sessionAddress, { method, headers: { "X-CSRFToken": cookie("csrftoken") ?? "" } });
  return answer.ok ? (await answer.json()).left : 0;
};
const wait = (seconds) => {
  clearTimeout(session.timer);
  const pause = Math.min(Math.max(seconds, 1) * 1000, LONGEST_WAIT);
  session.due = Date.now() + pause;
  session.timer = setTimeout(look, pause);
};
const judge = (left) => {
  const dialog = $("#session-dialog");
  if (left > WARN_SECONDS) {
    session.quiet = false;
    dialog.close();
    wait(left - WARN_SECONDS);
  } else if (left > 0) {
    if (!dialog.open && !session.quiet) dialog.showModal();
    wait(left + 1);
  } else {
    dialog.close();
    say("session-over");
  }
};
const look = () => ask("GET").then(judge, () => wait(60));
if (here.sessionLeft && $("#session-dialog")) {
  wait(Number(here.sessionLeft) - WARN_SECONDS);
  // A computer that slept has slow clocks.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() > session.due) look(); });
  $("#session-dialog").addEventListener("cancel", () => { session.quiet = true; });
  $("#session-dialog").addEventListener("click", (event) => {
    const wish = event.target.dataset.session;
    if (wish) $("#session-dialog").close();
    if (wish === "later") session.quiet = true;
    if (wish === "on") ask("POST").then(judge, () => say("trouble-offline"));
  });
}

/* --- The menu and the filters on a narrow screen; dialogs that a button opens --- */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const fold = event.target.closest("[data-unfolds]");
  if (fold) fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") === "false"));
});

/* --- A page for a moment without a connection --- */
if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register(here.worker).catch(() => {});
