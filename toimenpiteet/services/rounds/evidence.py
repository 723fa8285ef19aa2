"""Evidence of an answer: put beside it and taken away again by those who may begin it, until it is accepted or locked.

The answer itself does not change by it: whoever is writing it goes on writing.
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
from toimenpiteet.models import Actor, Evidence, StatusReport
from toimenpiteet.services import audited, files, rules, text, virus_scanner
from toimenpiteet.services.errors import Invalid, WrongTime
from toimenpiteet.services.rounds import answers

MOST = 20
"""Pieces of evidence of one answer."""


@dataclass(frozen=True)
class Given:
    """What is put beside an answer: an address with a title, or a file, whose title may be its name."""

    name: str = ""
    url: str = ""
    public: bool = False
    file_name: str = ""
    data: bytes = b""

    @property
    def is_file(self) -> bool:
        """Tell whether a file is given."""
        return bool(self.file_name)


def add(asked: int, plan: int, given: Given, *, scope: Scope, actor: Actor, now: datetime) -> Evidence:
    """Put a link or a file beside the answer of a plan in a round.

    Raises Http404, Forbidden, WrongTime when the round takes no answers or this one was accepted, Invalid for what
    cannot be taken, and ScannerAway when nobody can say that a file is free of viruses.
    """
    _need_not_accepted(answers.begun_by(asked, plan, scope, now)[0])
    cleaned = _cleaned(given)
    if given.is_file:
        # Before anything is held: a scanner takes its time.
        files.check(given.file_name, given.data)
        virus_scanner.check(given.data)
    return _add(asked, plan, cleaned, scope, actor, now)


@transaction.atomic
def _add(asked: int, plan: int, given: Given, scope: Scope, actor: Actor, now: datetime) -> Evidence:
    row, right = _held(asked, plan, scope, now)
    if Evidence.objects.filter(round=row.round_id, plan=row.plan_id).count() >= MOST:
        raise Invalid(_("An answer has at most %(most)s pieces of evidence. Take one away first.") % {"most": MOST})
    stamp = audited.stamp(actor, pgettext("reason", "Evidence added"), now, right.role, right.on_behalf)
    made = Evidence(round=row.round, plan=row.plan, name=given.name, url=given.url, public=given.public)
    if given.is_file:
        made.file = files.add(row.round, given.file_name, given.data, stamp=stamp)
    rules.check(made)
    return audited.add(made, stamp)


@transaction.atomic
def remove(asked: int, plan: int, pk: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> None:
    """Take a piece of evidence away; the record keeps what it was. Raises as ``add``, and Stale."""
    row, right = _held(asked, plan, scope, now)
    mine = access.visible(scope, Evidence).filter(round=row.round_id, plan=row.plan_id)
    access.get(scope, mine, pk=pk)
    stamp = audited.stamp(actor, pgettext("reason", "Evidence taken away"), now, right.role, right.on_behalf)
    audited.remove(audited.lock(Evidence.objects.all(), pk, version=version), stamp)


def _held(asked: int, plan: int, scope: Scope, now: datetime) -> tuple[StatusReport, Verdict]:
    row, right = answers.hold(asked, plan, scope, now, Verb.ANSWER)
    _need_not_accepted(row)
    return row, right


def _need_not_accepted(row: StatusReport) -> None:
    if row.review == Review.ACCEPTED:
        raise WrongTime(_("The answer was accepted, so its evidence stays as it is."))


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
