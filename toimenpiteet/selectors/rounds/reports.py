"""What a round's report is made of: the snapshot that its lock kept, or a draft that is read now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ReportingRound, RoundSnapshot
from toimenpiteet.round_moves import ANSWERABLE, RoundStatus
from toimenpiteet.selectors.rounds.snapshots import content, snapshot
from toimenpiteet.snapshots import Snapshot


@dataclass(frozen=True)
class Source:
    """What a report of a round is made of; `sha256` is that of the kept snapshot, empty for a draft."""

    asked: ReportingRound
    snapshot: Snapshot
    sha256: str


def source(asked: ReportingRound, now: datetime) -> Source | None:
    """Return what the report of a round is made of: kept, or read `now`; None for a round that has not begun."""
    kept = RoundSnapshot.objects.filter(round=asked).first()
    if kept is not None:
        return Source(asked, content(kept), kept.sha256)
    return Source(asked, snapshot(asked, now), "") if asked.status in ANSWERABLE else None


def find(round_id: int, scope: Scope | None = None) -> ReportingRound:
    """Return a round that exists for the person; None is a program, for which all exist. Raises Http404."""
    rounds = ReportingRound.objects.all() if scope is None else access.visible(scope, ReportingRound)
    return access.get(scope or Scope(), _whole(rounds), pk=round_id)


def newest_locked() -> ReportingRound | None:
    """Return the round that was locked last, of any municipality."""
    return _whole(ReportingRound.objects.filter(snapshot__isnull=False)).order_by("-snapshot__at").first()


def reportable() -> list[ReportingRound]:
    """Return the rounds that have a report or a draft of one, of every municipality, the newest first."""
    begun = ReportingRound.objects.exclude(status=RoundStatus.PLANNED)
    return list(_whole(begun).order_by("-due_on", "pk"))


def _whole(rounds: "QuerySet[ReportingRound]") -> "QuerySet[ReportingRound]":
    return rounds.select_related("strategy__municipality")
