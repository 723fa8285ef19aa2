"""What a round's report is made of: the snapshot that its lock kept, or a draft that is read now; and its files."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ReportFile, ReportingRound, ReportVersion
from toimenpiteet.models.reading import columns_of
from toimenpiteet.round_days import BODIES
from toimenpiteet.round_moves import ANSWERABLE, RoundStatus
from toimenpiteet.selectors.rounds.snapshots import content, snapshot
from toimenpiteet.snapshots import Snapshot


@dataclass(frozen=True)
class Source:
    """What a report of a round is made of: a kept snapshot with its SHA-256 in a version; without one, a draft."""

    asked: ReportingRound
    snapshot: Snapshot
    version: ReportVersion | None = None

    @property
    def sha256(self) -> str:
        """Return the hash of the kept snapshot, "" of a draft."""
        return self.version.round.snapshot.sha256 if self.version else ""


def versions_of(round_id: int, scope: Scope | None = None) -> list[ReportVersion]:
    """Return the versions of a round's report that exist for the person, the newest first; none before the lock."""
    versions = ReportVersion.objects.all() if scope is None else access.visible(scope, ReportVersion)
    return list(_whole(versions.filter(round=round_id)).order_by("-number"))


def newest_locked() -> ReportVersion | None:
    """Return the newest version of the report of the round that was locked last, of any municipality.

    Of rounds that were locked at the same instant it is the one that asked most.
    """
    versions = _whole(ReportVersion.objects.all()).annotate(asked=Count("round__reports"))
    return versions.order_by("-round__snapshot__at", "-asked", "-number").first()


def kept(version: ReportVersion) -> Source:
    """Return what a version of a locked round's report is made of."""
    return Source(version.round, content(version.round.snapshot), version)


def draft(asked: ReportingRound, now: datetime) -> Source | None:
    """Return what a draft of a round's report is made of, read `now`; None for a round in which nobody answers."""
    return Source(asked, snapshot(asked, now)) if asked.status in ANSWERABLE else None


def reportable() -> list[ReportingRound]:
    """Return the rounds that have a report or a draft of one, of every municipality, the newest first."""
    begun = ReportingRound.objects.exclude(status=RoundStatus.PLANNED).select_related(_HOME)
    return list(begun.order_by("-due_on", "pk"))


_HOME = "strategy__municipality"


def _whole(versions: "QuerySet[ReportVersion]") -> "QuerySet[ReportVersion]":
    return versions.filter(round__snapshot__isnull=False).select_related(f"round__{_HOME}", "round__snapshot")


# Files


def files_of(version: ReportVersion) -> dict[str, ReportFile]:
    """Return the files that were made of a version, by their form."""
    return {row.form: row for row in ReportFile.objects.filter(report=version).select_related("file")}


def file_of(scope: Scope, version: ReportVersion, form: str) -> ReportFile | None:
    """Return the file of a form that exists for the person; None where it is not made yet."""
    return access.visible(scope, ReportFile).filter(report=version, form=form).first()


def meetings(asked: ReportingRound) -> dict[str, date]:
    """Return the days on which bodies handle a round, by what the day is (``round_days.Which``)."""
    return dict(columns_of(asked.days.filter(which__in=BODIES).order_by("holds_on"), ["which", "holds_on"]))


def unfinished(forms: int) -> list[ReportVersion]:
    """Return the versions, of every municipality, of which fewer than `forms` files were made; the last lock first."""
    counted = _whole(ReportVersion.objects.all()).annotate(made=Count("files"))
    return list(counted.filter(Q(made__lt=forms)).order_by("-round__snapshot__at", "-number"))
