"""Answering from a mail without signing in: a personal link leads to one page with the receiver's rows of one round.

The link itself changes nothing, however often it is fetched: it puts a signed note of this purpose alone into the
browser, for two hours, and leads on to an address without the key. What is written goes the way of every answer, with
its rules and its record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications import links
from notifications.models import AnswerLink
from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light
from toimenpiteet.calendar import end_of_day, local_day
from toimenpiteet.models import Actor, Door, User
from toimenpiteet.selectors.people.grants import answering_for, colleagues
from toimenpiteet.selectors.rounds.answers import AnswerRow, AnswersPage, answers_page
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError, Stale
from toimenpiteet.services.people import grants
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.web.request import GET_OR_POST, say_done, whole_number

_COOKIE, _PATH, _LASTS = "vastaus", "/vastaa/", timedelta(hours=2)
_SALT = "notifications.by_link"
UNCHANGED, UPDATE, PROBLEM = "unchanged", "update", "problem"


@dataclass(frozen=True)
class Visit:
    """Whoever came by a link: which, when, and as whom; of a mailbox's link nobody has said yet who they are.

    `note` is the signed note of the link: in the browser, and in each form, since another link may be opened beside it.
    """

    note: str
    link: AnswerLink
    now: datetime
    person: User | None
    scope: Scope

    @property
    def actor(self) -> Actor:
        """Return the person, who acts through a mailed link."""
        assert self.person is not None  # noqa: S101  # asked of a visit that has one
        return Actor.person(self.person, Door.MAIL)


_NOTHING = Answer()


@dataclass(frozen=True)
class Row:
    """One expected answer as the page shows it: what was chosen and typed, and why it was not taken."""

    answer: AnswerRow
    chosen: str = ""
    typed: Answer = _NOTHING
    wrong: str = ""
    field: str = ""

    @property
    def name(self) -> str:
        """Return what the names of its fields begin with."""
        return f"p{self.answer.plan.pk}"


@require_safe
@never_cache
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Take a mailed link: note it in the browser and lead on; nothing is written, and nothing used up."""
    link = links.find(key, timezone.now())
    if link is not None and not link.municipality.answer_by_link:
        return redirect("answers", link.round_id)
    response = redirect("by-link")
    if link is None:
        response.delete_cookie(_COOKIE, path=_PATH)
        return response
    return _noted(response, signing.dumps(link.pk, salt=_SALT))


def _noted(response: HttpResponse, note: str) -> HttpResponse:
    response.set_cookie(
        _COOKIE,
        note,
        max_age=int(_LASTS.total_seconds()),
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _visit(request: HttpRequest) -> Visit | None:
    """Return who came by which link; None when it opens nothing (any more).

    What is sent goes by the note of its own form: the browser's may be that of a link which was opened later.
    """
    now = timezone.now()
    note = request.POST.get("note") or request.COOKIES.get(_COOKIE, "")
    try:
        pk = signing.loads(note, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        return None
    link = links.get(pk, now)
    if link is None or not link.municipality.answer_by_link:
        return None
    person = link.person
    if link.person_id is None:
        wanted = whole_number(request.POST.get("kuka") or request.GET.get("kuka"))
        person = next((one for one in _holders(link, now) if one.pk == wanted), None)
    scope = access.scope_of(person, local_day(now)) if person else Scope()
    home = frozenset({link.municipality_id}) & scope.municipalities
    return Visit(note, link, now, person, replace(scope, municipalities=home, tree=None))


def _holders(link: AnswerLink, now: datetime) -> list[User]:
    return answering_for(link.round_id, links.units_of(link), local_day(now))


@GET_OR_POST
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the rows that the person answers for in the round; a POST answers those where something was chosen."""
    visit = _visit(request)
    if visit is None:
        return render(request, "notifications/by_link_over.html", status=410)
    with override(_language(visit)):
        if visit.person is None:
            return _who(request, visit)
        found = _found(visit)
        if found is None:
            return render(request, "notifications/by_link_over.html", status=410)
        if request.method != "POST":
            return _shown(request, visit, found, map(_fresh, found.rows))
        return _take(request, visit, found)


def _language(visit: Visit) -> str:
    return visit.person.language if visit.person else visit.link.reminder.language


def _who(request: HttpRequest, visit: Visit) -> HttpResponse:
    people = _holders(visit.link, visit.now)
    context = {"people": people, "round": visit.link.round.occasion, "link": visit.link}
    return render(request, "notifications/by_link_who.html", context)


def _found(visit: Visit) -> AnswersPage | None:
    """Return the person's rows; None when the round asks nothing of them (any more)."""
    if visit.scope.anonymous or visit.link.municipality_id not in visit.scope.municipalities:
        return None
    found = answers_page(visit.scope, visit.link.round_id, local_day(visit.now))
    own = replace(found, rows=[row for row in found.rows if row.may_send and _is_of(visit.link, row)])
    return own if own.rows else None


def _is_of(link: AnswerLink, row: AnswerRow) -> bool:
    """Tell whether a row is one of the link's: a mailbox's are those of its unit."""
    return link.person_id is not None or any(unit.pk in links.units_of(link) for unit in row.plan.units)


@dataclass(frozen=True)
class Handing:
    """What was typed of handing on, to be corrected."""

    plans: list[int]
    holder: int
    reason: str


def _shown(
    request: HttpRequest,
    visit: Visit,
    found: AnswersPage,
    rows: Iterable[Row],
    status: int = 200,
    wrong: str = "",
    handing: Handing | None = None,
) -> HttpResponse:
    home = visit.link.municipality
    context = {
        "answers": found,
        "note": visit.note,
        "rows": list(rows),
        "person": visit.person,
        "mailbox": visit.link.person_id is None,
        "municipality": text_of(home, "name", home.language),
        "colleagues": colleagues([home.pk], local_day(visit.now), visit.person.pk if visit.person else 0),
        "wrong": wrong,
        "handing": handing,
        "problems": [(light.value, labels.LIGHT[light]) for light in (Light.AT_RISK, Light.OFF_TRACK)],
    }
    return render(request, "notifications/by_link.html", context, status=status)


def _fresh(row: AnswerRow) -> Row:
    """Return a row as it is opened: with the draft that was begun, where there is one."""
    start = row.start
    return Row(row, typed=Answer(start.light, start.text, start.cause, start.next_step)) if row.draft_at else Row(row)


def _take(request: HttpRequest, visit: Visit, found: AnswersPage) -> HttpResponse:
    """Answer each row where something was chosen, each for itself; what is refused stays typed, with the reason."""
    rows = [_typed(request.POST, row) for row in found.rows]
    tried = [_tried(visit, row) if row.chosen else row for row in rows]
    done = sum(bool(row.chosen) and not row.wrong for row in tried)
    if done:
        words = ngettext("%(count)s answer was sent.", "%(count)s answers were sent.", done) % {"count": done}
        say_done(request, words)
    refused = {row.answer.plan.pk: row for row in tried if row.wrong}
    if not refused and done:
        return _noted(redirect(_here(visit)), visit.note)
    if not refused:
        nothing = _("Choose something for at least one action item. Nothing was sent.")
        return _shown(request, visit, found, rows, 422, nothing)
    now = answers_page(visit.scope, visit.link.round_id, local_day(visit.now))
    shown = [refused.get(row.plan.pk, _fresh(row)) for row in now.rows if row.may_send and _is_of(visit.link, row)]
    return _shown(request, visit, now, shown, 422, _("Some answers were not sent. Correct them below."))


def _here(visit: Visit) -> str:
    person = visit.person
    return f"{_PATH}?kuka={person.pk}" if visit.link.person_id is None and person else _PATH


def _typed(sent: QueryDict, row: AnswerRow) -> Row:
    name = f"p{row.plan.pk}-"
    chosen = sent.get(f"{name}choice", "")
    light = _light(chosen, sent.get(f"{name}light", ""))
    said, cause, next_step = (sent.get(name + one, "") for one in ("text", "cause", "next_step"))
    typed = Answer(light, said, cause, next_step)
    known = chosen if chosen in {UNCHANGED, UPDATE, PROBLEM} else ""
    return Row(replace(row, version=whole_number(sent.get(f"{name}version"))), known, typed)


def _light(chosen: str, given: str) -> str:
    """Return the light of a choice; only a problem has one to be given, which may be missing."""
    if chosen == UPDATE:
        return Light.ON_TRACK.value
    return given if chosen == PROBLEM else given or Light.ON_TRACK.value


def _tried(visit: Visit, row: Row) -> Row:
    where = visit.link.round_id, row.answer.plan.pk
    by = {"version": row.answer.version, "scope": visit.scope, "actor": visit.actor, "now": visit.now}
    try:
        if row.chosen == UNCHANGED:
            answers.send_unchanged(*where, **by, typed=row.typed)  # type: ignore[arg-type]  # by name
        else:
            answers.send(*where, row.typed, **by)  # type: ignore[arg-type]  # by name
    except Stale as error:
        # The same thing sent twice, by an impatient finger, is sent once.
        return replace(row, wrong="" if _says_so(visit, row) else error.message)
    except DomainError as error:
        return replace(row, wrong=error.message, field=getattr(error, "field", ""))
    return row


def _says_so(visit: Visit, row: Row) -> bool:
    (now,) = answers_page(visit.scope, visit.link.round_id, local_day(visit.now), [row.answer.plan.pk]).rows
    if row.chosen == UNCHANGED:
        return now.state == "unchanged"
    typed = row.typed.cleaned()
    return (now.now.light, now.now.text) == (typed.light, typed.text)


@require_POST
@never_cache
def forward(request: HttpRequest) -> HttpResponse:
    """Hand chosen rows on to a colleague, who gets a link of their own; the sender stays accountable."""
    visit = _visit(request)
    found = _found(visit) if visit and visit.person else None
    if visit is None or found is None:
        return render(request, "notifications/by_link_over.html", status=410)
    with override(_language(visit)):
        plans = [plan for plan in map(whole_number, request.POST.getlist("plans")) if plan]
        holder, words = whole_number(request.POST.get("holder")), request.POST.get("reason", "")
        until = end_of_day(visit.link.ends_on)
        try:
            reason = text.reason_of(words, _("Handed on from a mail"))
            stamp = audited.stamp(visit.actor, reason, visit.now)
            grants.hand_on(holder, visit.link.round_id, plans, until, scope=visit.scope, stamp=stamp)
        except DomainError as error:
            typed = Handing(plans, holder, text.printable(words))
            return _shown(request, visit, found, map(_fresh, found.rows), 422, error.message, typed)
        say_done(request, _("Handed on. Your colleague gets a mail with a link of their own, and you are told."))
        return _noted(redirect(_here(visit)), visit.note)
