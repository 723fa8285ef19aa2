"""What was sent back to those who answer for a plan, and what was decided on it, in the words of whoever did it.

What was done in the last fifteen minutes may still be taken back (docs/domain.md), so it is not told yet; what is older
than two weeks is no news any more. What was taken back meanwhile is in none of these.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from toimenpiteet.access import holding
from toimenpiteet.answers import Review
from toimenpiteet.calendar import local_day
from toimenpiteet.change_requests import DECIDED_VALUES
from toimenpiteet.models import (
    ChangeRequest,
    GrantKind,
    GrantPlan,
    Municipality,
    RoundDay,
    StatusChange,
    StatusReport,
    User,
)
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.round_days import Which
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.workflow import APPROVAL, OPEN_VALUES, TAKE_BACK, TAKE_BACK_WITHIN

REMEMBERED = timedelta(days=14)
SENT_BACK = "send_back"


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a plan: `about` tells it from all others, `by` is the key of who did it."""

    about: str
    plan_id: int
    at: datetime
    words: str
    by: int | None
    round_id: int | None = None


def sent_back(municipality: Municipality, now: datetime) -> Iterator[Happening]:
    """Return the answers and the plans that were sent back and wait again for the unit; two queries."""
    last = StatusReport.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    reports = StatusReport.objects.filter(
        review=Review.RETURNED.value, round__strategy__municipality=municipality, round__status__in=ANSWERABLE
    ).annotate(at=Subquery(last.values("history_date")[:1]), by=Subquery(last.values("history_user_id")[:1]))
    columns = ("pk", "version", "plan_id", "at", "review_text", "by", "round_id")
    for pk, version, plan, at, words, by, round_id in reports.filter(_told(now)).values_list(*columns):
        yield Happening(f"answer {pk} {version}", plan, at, words, by, round_id)
    yield from _moves(municipality, now, SENT_BACK, Q(plan__status__in=OPEN_VALUES))


def decided(municipality: Municipality, now: datetime) -> Iterator[Happening]:
    """Return the plans whose completion was approved, and the changes of plans that were decided on; two queries."""
    yield from _moves(municipality, now, APPROVAL, Q())
    last = ChangeRequest.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    requests = ChangeRequest.objects.filter(
        plan__municipality=municipality, status__in=DECIDED_VALUES, decided_at__isnull=False
    ).annotate(by=Subquery(last.values("history_user_id")[:1]))
    window = Q(decided_at__gt=now - REMEMBERED, decided_at__lte=now - TAKE_BACK_WITHIN)
    columns = ("pk", "version", "plan_id", "decided_at", "decision", "by")
    for pk, version, plan, at, words, by in requests.filter(window).values_list(*columns):
        yield Happening(f"change {pk} {version}", plan, at, words, by)


def _moves(municipality: Municipality, now: datetime, move: str, of: Q) -> Iterator[Happening]:
    """Return the last moves of plans that are `move` and stand."""
    stands = StatusChange.objects.filter(undone_by__isnull=True).exclude(move=TAKE_BACK)
    later = stands.filter(plan=OuterRef("plan"), plan_version__gt=OuterRef("plan_version"))
    rows = _in(stands.filter(of, plan__municipality=municipality, move=move), now).filter(~Exists(later))
    for pk, plan, at, comment, by in rows.values_list("pk", "plan_id", "at", "comment", "actor_id"):
        yield Happening(f"move {pk}", plan, at, comment, by)


def _in(rows: "QuerySet[StatusChange]", now: datetime) -> "QuerySet[StatusChange]":
    return rows.filter(_told(now))


def _told(now: datetime) -> Q:
    return Q(at__gt=now - REMEMBERED, at__lte=now - TAKE_BACK_WITHIN)


def handed_on(municipality: Municipality, now: datetime) -> "Iterator[tuple[Happening, User]]":
    """Return what somebody handed on to a colleague and waits for an answer still, with the colleague; one query."""
    for row in _handed_on(municipality, now).filter(Exists(_asked(SILENT))):
        grant: Any = row.grant
        words = f"{grant.on_behalf_of}: {grant.why}"
        about = f"grant {grant.pk} {row.plan_id}"
        yield Happening(about, row.plan_id, now, words, grant.on_behalf_of_id, grant.round_id), grant.holder


def _asked(how: Q) -> "QuerySet[StatusReport]":
    """Return the answers that stand so, of the plan handed on and in the round for which it was, while it asks."""
    here = {"round": OuterRef("grant__round"), "plan": OuterRef("plan")}
    return StatusReport.objects.filter(how, round__status__in=ANSWERABLE, **here)


def answered_for(municipality: Municipality, now: datetime) -> "Iterator[tuple[Happening, User]]":
    """Return what was answered by those to whom it was handed on, with who did so; one query."""
    last = StatusReport.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    said = _asked(~SILENT).annotate(by=Subquery(last.values("history_user_id")[:1]))
    mine = said.filter(by=OuterRef("grant__holder"), answered_at__lte=now - TAKE_BACK_WITHIN)
    rows = _handed_on(municipality, now).annotate(said=Subquery(mine.values("pk")[:1]))
    for row in rows.filter(said__isnull=False):
        grant: Any = row.grant
        yield Happening(f"grant {grant.pk} {row.said}", row.plan_id, now, str(grant.holder), None), grant.on_behalf_of


def days_before(rounds: Collection[int]) -> dict[tuple[int, datetime], date]:
    """Return on which day the answers of `rounds` were due before it was moved, by round and when; one query."""
    rows = RoundDay.history.filter(round__in=rounds, which=Which.ANSWERS_DUE.value).order_by(
        "history_date", "history_id"
    )
    found: dict[tuple[int, datetime], date] = {}
    held: dict[int, date] = {}
    for round_id, at, day in rows.values_list("round_id", "history_date", "holds_on"):
        if held.get(round_id, day) != day:
            found[round_id, at] = held[round_id]
        held[round_id] = day
    return found


def _handed_on(municipality: Municipality, now: datetime) -> "QuerySet[Any]":
    rows = GrantPlan.objects.filter(
        grant__in=holding(local_day(now)).filter(kind=GrantKind.FORWARDED, municipality=municipality, until_at__gt=now)
    )
    return rows.select_related("grant__holder", "grant__on_behalf_of").order_by("pk")
