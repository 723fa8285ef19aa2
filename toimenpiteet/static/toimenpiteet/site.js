// Small comforts only: every page works without this file.
const here = document.body.dataset;
const $ = (selector, root = document) => root.querySelector(selector);
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

/* --- Notices: one live region for everything that happens without a new page --- */
const say = (name) => {
  const notice = $(`#${name}`)?.content.cloneNode(true);
  if (notice) $("#live").replaceChildren(notice);
};

/* --- Focus: after a partial update it returns to what was used, or to the first thing to do in what replaced it --- */
let used = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  used = document.activeElement?.id || (event.detail.elt.querySelector("button")?.id ?? "");
});
document.addEventListener("htmx:afterSwap", (event) => {
  const card = document.getElementById(event.detail.target.id);
  if (!card || event.detail.target.id === "live") return;
  if (card.contains(document.activeElement) && document.activeElement !== document.body) return;
  const place = $("[aria-invalid='true']", card) || document.getElementById(used)
    || $(".moves button, .moves summary", card) || $("h3 a", card) || card;
  if (place === card) card.tabIndex = -1;
  place.focus({ preventScroll: true });
  // Nearest: nothing moves when it is in sight already.
  place.scrollIntoView({ block: "nearest" });
});

// A page that comes back with what was wrong in it is read from there.
const refused_here = $("main .refusal[role='alert']");
if (refused_here) {
  refused_here.tabIndex = -1;
  refused_here.focus();
}

/* --- Trouble: what was typed stays, and the page says what to do --- */
document.addEventListener("htmx:sendError", () => say("trouble-offline"));
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) say("trouble-broken"); });

// A page may stand open over a new sign-in; its forms then carry an old token.
const refreshToken = (form) => {
  const field = form.elements?.namedItem("csrfmiddlewaretoken");
  const token = cookie("csrftoken");
  if (field && token) field.value = token;
};
document.addEventListener("submit", (event) => refreshToken(event.target), true);
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
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
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

const offerDrafts = () => {
  const found = [...document.querySelectorAll("textarea, input")].filter((control) => kept(control)
    && (sessionStorage.getItem(draft_key(control)) ?? control.value) !== control.value);
  if (!found.length) return;
  say("put-back");
  $("[data-draft='back']").addEventListener("click", () => {
    found.forEach((control) => {
      control.value = sessionStorage.getItem(draft_key(control));
      for (let part = control.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    });
    $("#live").replaceChildren();
    found[0].focus();
  });
  $("[data-draft='away']").addEventListener("click", () => {
    forget(found.map(draft_key));
    $("#live").replaceChildren();
  });
};
answered();
offerDrafts();

window.addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
  if (typed && !sending) event.preventDefault();
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
$(".menu-button")?.addEventListener("click", (event) => {
  const open = $("#masthead").classList.toggle("is-open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const fold = event.target.closest("[data-unfolds]");
  if (fold) fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") === "false"));
});

/* --- A page for a moment without a connection --- */
if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register(here.worker).catch(() => {});
