"""Evidence: put beside an answer by those who may begin it, until it is accepted, or by the director beside a goal.

The answer itself does not change by it: whoever is writing it goes on writing. After the lock it stays.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.answers import Review
from toimenpiteet.models import Actor, Evidence, GoalAssessment, ReportingRound
from toimenpiteet.selectors.rounds.evidence import Beside, beside
from toimenpiteet.services import audited, files, rules, text, virus_scanner
from toimenpiteet.services.errors import Invalid, WrongTime
from toimenpiteet.services.rounds import answers, assessments

MOST = 20
"""Pieces of evidence beside one answer or assessment."""


@dataclass(frozen=True)
class Given:
    """What is given as evidence: an address with a title, or a file, whose title may be its name."""

    name: str = ""
    url: str = ""
    public: bool = False
    file_name: str = ""
    data: bytes = b""

    @property
    def is_file(self) -> bool:
        """Tell whether a file is given."""
        return bool(self.file_name)


def add(place: Beside, given: Given, *, scope: Scope, actor: Actor, now: datetime) -> Evidence:
    """Put a link or a file beside the answer of a plan, or the assessment of a goal, in a round.

    Raises Http404, Forbidden, WrongTime when the round takes no answers or this one was accepted, Invalid for what
    cannot be taken, and ScannerAway when nobody can say that a file is free of viruses.
    """
    with transaction.atomic():
        _held(place, scope, now)
    cleaned = _cleaned(given)
    if given.is_file:
        # While nothing is held: a scanner takes its time.
        files.check(given.file_name, given.data)
        virus_scanner.check(given.data)
    return _add(place, cleaned, scope, actor, now)


@transaction.atomic
def _add(place: Beside, given: Given, scope: Scope, actor: Actor, now: datetime) -> Evidence:
    asked, right = _held(place, scope, now)
    if beside(scope, place).count() >= MOST:
        raise Invalid(_("There are at most %(most)s pieces of evidence. Take one away first.") % {"most": MOST})
    stamp = audited.stamp(actor, pgettext("reason", "Evidence added"), now, right.role, right.on_behalf)
    made = Evidence(name=given.name, url=given.url, public=given.public, **place.columns)
    if given.is_file:
        made.file = files.add(asked, given.file_name, given.data, stamp=stamp)
    rules.check(made)
    return audited.add(made, stamp)


@transaction.atomic
def remove(place: Beside, pk: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> None:
    """Take a piece of evidence away; the record keeps what it was.

    Raises as ``add``, Stale, and Invalid for the last one of a goal that is said to have been reached.
    """
    asked, right = _held(place, scope, now)
    mine = beside(scope, place)
    access.get(scope, mine, pk=pk)
    if place.goal is not None and mine.count() == 1 and _needed(asked, place.goal):
        raise Invalid(_("The goal is said to have been reached, which needs evidence. Add another piece first."))
    stamp = audited.stamp(actor, pgettext("reason", "Evidence taken away"), now, right.role, right.on_behalf)
    audited.remove(audited.lock(Evidence.objects.all(), pk, version=version), stamp)


def _held(place: Beside, scope: Scope, now: datetime) -> tuple[ReportingRound, Verdict]:
    if place.goal is not None:
        return assessments.held(place.round, place.goal, scope)
    row, right = answers.hold(place.round, place.plan or 0, scope, now, Verb.ANSWER)
    if row.review == Review.ACCEPTED:
        raise WrongTime(_("The answer was accepted, so its evidence stays as it is."))
    return row.round, right


def _needed(asked: ReportingRound, goal: int) -> bool:
    said = GoalAssessment.objects.filter(round=asked, goal=goal).first()
    return said is not None and assessments.needs_proof(asked, said.outcome)


def _cleaned(given: Given) -> Given:
    """Return what was given as the record takes it; raises Invalid, naming the field, for what it cannot."""
    name, url = text.clean(given.name, field="name", limit=200), text.clean(given.url, field="url", limit=1000)
    if given.is_file:
        if url:
            raise Invalid(_("Give an address or a file, one at a time."), field="url")
        return Given(text.one_line(name or given.file_name)[:200], "", given.public, given.file_name, given.data)
    if not url:
        raise Invalid(_("Give an address or choose a file."), field="url")
    if not _is_address(url):
        raise Invalid(_("Give the whole address of a page: it begins with https:// or http://."), field="url")
    name = text.one_line(name)
    if not name:
        raise Invalid(_("Give a title: it says what the link leads to."), field="name")
    return Given(name, url, given.public)


def _is_address(url: str) -> bool:
    """Tell whether a text is the address of a page, without a name or password in it and in visible characters."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return valid and "@" not in parts.netloc and url.isprintable() and " " not in url and "\\" not in url
