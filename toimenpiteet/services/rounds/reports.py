"""The report of a locked round: its versions, and the files that are made of each of them once."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import Attachment, Publicity, ReportFile, ReportingRound, ReportVersion, Stamp
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.services import audited, files, rules, text
from toimenpiteet.services.errors import Invalid, Stale, WrongTime, need


@dataclass(frozen=True)
class Given:
    """What the case management gave to a report after the lock: a register number, a body's decision, or both.

    `attachment` is as what the report stands on the agenda; what comes after it stands in the data beside the files.
    """

    register_number: str = ""
    body: str = ""
    decided_on: date | None = None
    section: str = ""
    attachment: str = Attachment.ANNEX.value
    matter: str = ""
    publicity: str = Publicity.PUBLIC.value
    secrecy_ground: str = ""
    secrecy_years: int | None = None
    personal_data: bool = False


GIVEN = tuple(one.name for one in fields(Given))
"""The names of what is given, which a version has as columns."""
PRINTED, METADATA = GIVEN[: GIVEN.index("matter")], GIVEN[GIVEN.index("matter") :]
"""Those of them that the report says, and those that stand in the data beside its files alone."""
LONGEST = 100
"""Years for which a document is secret at most (act 621/1999, 31 §)."""


def begin(locked: ReportingRound, stamp: Stamp) -> ReportVersion:
    """Make the first version of the report of a round that is being locked: its snapshot alone."""
    return audited.add(ReportVersion(round=locked, at=stamp.at), stamp)


@transaction.atomic
def add_version(round_id: int, given: Given, *, seen: int, scope: Scope, stamp: Stamp) -> ReportVersion:
    """Make the next version of a report of the same snapshot, as the strategy director; `stamp.reason` says why.

    `seen` is the number of the version that the person saw as the newest. Raises Http404, Forbidden, WrongTime before
    the lock, Stale when somebody made a version meanwhile, Invalid when nothing is new or a decision is not whole.
    """
    stamp = audited.through(stamp, need(access.may(scope, Verb.DIRECT, find_round(scope, round_id))))
    locked = audited.lock(ReportingRound.objects.all(), round_id)
    newest = ReportVersion.objects.filter(round=locked).order_by("-number").first()
    if newest is None:
        raise WrongTime(_("The round is not locked, so its report is a draft. Lock the round first."), locked)
    if newest.number != seen:
        raise Stale(newest)
    made = ReportVersion(round=locked, number=seen + 1, at=stamp.at, **_whole(given, newest))
    if made.decided_on is not None:
        _check_decision_day(made.decided_on, locked, local_day(stamp.at))
    rules.check(made)
    return audited.add(made, stamp)


def _whole(given: Given, newest: ReportVersion) -> dict[str, object]:
    """Return the columns of a version, cleaned; raises Invalid for what cannot be printed under a report."""
    said = replace(
        given,
        register_number=text.clean(given.register_number, field="register_number", limit=60),
        body=text.clean(given.body, field="body", limit=200),
        section=text.clean(given.section, field="section", limit=20),
        matter=text.clean(given.matter, field="matter", limit=200),
        **_secrecy(given),
    )
    decision = (said.body, said.decided_on, said.section)
    if any(decision) and not said.body:
        raise Invalid(_("Tell which body decided, or leave the day and the section empty too."), field="body")
    if any(decision) and said.decided_on is None:
        raise Invalid(
            _("Tell on which day the body decided, or leave the body and the section empty too."), field="decided_on"
        )
    told = bool(newest.register_number or newest.body)
    described = any(getattr(said, name) != getattr(newest, name) for name in ("attachment", *METADATA))
    if not (said.register_number or said.body) and (told or not described):
        raise Invalid(_("Give the register number, the body's decision, or both."), field="register_number")
    if vars(said) == {name: getattr(newest, name) for name in vars(said)}:
        raise Invalid(_("The newest version says this already. Change something, or leave it as it is."))
    return vars(said)


def _check_decision_day(day: date, locked: ReportingRound, today: date) -> None:
    rules.check_has_come(day, "decided_on", today)
    if day < locked.opens_on:
        raise Invalid(
            _("The round opened only on %(day)s, so no body can have decided on its report before.")
            % {"day": day_words(locked.opens_on)},
            field="decided_on",
        )


def _secrecy(given: Given) -> dict[str, Any]:
    """Return ground and years of what is not public, none of what is; raises Invalid for what is lacking."""
    if given.publicity not in set(Publicity):
        raise Invalid(_("Choose one of these."), field="publicity")
    if given.publicity == Publicity.PUBLIC:
        return {"secrecy_ground": "", "secrecy_years": None}
    ground = text.clean(given.secrecy_ground, field="secrecy_ground", limit=200)
    if not ground:
        raise Invalid(_("Give the ground of secrecy: the act and its section."), field="secrecy_ground")
    if given.secrecy_years is None or not 1 <= given.secrecy_years <= LONGEST:
        raise Invalid(_("Tell for how many years it is secret, from 1 to 100."), field="secrecy_years")
    return {"secrecy_ground": ground, "secrecy_years": given.secrecy_years}


@transaction.atomic
def keep(report: ReportVersion, form: str, name: str, data: bytes, *, stamp: Stamp) -> ReportFile | None:
    """Keep a file that a program made of a version; None when another process kept the same one meanwhile."""
    audited.lock(ReportingRound.objects.all(), report.round_id)
    if ReportFile.objects.filter(report=report, form=form).exists():
        return None
    kept = files.add(report.round, name, data, stamp=stamp)
    return audited.add(ReportFile(report=report, form=form, file=kept), stamp)
