"""What is rare in rounds, shown once each: an answer left returned, exceptions and a correction under one, drafts."""

from datetime import date, timedelta

from django.db.models import QuerySet

from toimenpiteet.answers import Light, Review, Said, Unknown
from toimenpiteet.calendar import add_working_days
from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.exchange.demonstration.company import Company, acting, at
from toimenpiteet.models import ReportingRound, StatusReport, User
from toimenpiteet.services import audited
from toimenpiteet.services.people import grants
from toimenpiteet.services.rounds import answers, corrections
from toimenpiteet.services.rounds.answers import Answer

_EXCEPTED_AFTER, _CORRECTED_AFTER, _LONG = 1, 3, 8
"""Working days from the lock to an exception, to the correction under it, and how long an exception holds."""
_HOLDS_SINCE = 2


def _rows(asked: ReportingRound) -> "QuerySet[StatusReport]":
    return StatusReport.objects.filter(round=asked).select_related("plan").order_by("plan_id")


def answer_otherwise(asked: ReportingRound, company: Company, day: date) -> None:
    """Let some answers of a round be sent anew, so that it has what chance may leave out: the unassessed, and red."""
    green = _rows(asked).filter(said=Said.UPDATED, light=Light.ON_TRACK)
    told = [
        *(unassessed(*unknown, day) for unknown in remarks.UNKNOWN[:2]),
        *(Answer(Light.OFF_TRACK.value, *words) for words in remarks.RED),
    ]
    for answer in told:
        # What was said of a plan before is no news of it. Whoever has been answered anew is green no more.
        row = green.exclude(plan__reports__text=answer.text).first()
        if row is not None:
            manager = company.managers_of(row.plan)[0]
            answers.send(asked.pk, row.plan_id, answer, version=row.version, **acting(manager, at(day, 9)))


def unassessed(words: str, because: Unknown, known_after: int, day: date) -> Answer:
    """Return an answer of a `day` that cannot be assessed; it will be known so many days later (0: nobody knows)."""
    known_on = day + timedelta(days=known_after) if known_after else None
    return Answer(Light.NOT_ASSESSED.value, words, unknown_because=because.value, known_on=known_on)


def leave_returned(asked: ReportingRound, director: User, day: date) -> None:
    """Give one answer of a round back, which nobody answers anew before the lock."""
    row = _rows(asked).filter(said=Said.UPDATED, review=Review.NONE).last()
    if row is not None:
        answers.give_back(row.pk, remarks.RETURNED_LAST, version=row.version, **acting(director, at(day, 9)))


def correct(asked: ReportingRound, company: Company, director: User, locked: date) -> None:
    """Let the director give an exception after a lock, and the manager correct an answer under it."""
    granted, corrected = (add_working_days(locked, after) for after in (_EXCEPTED_AFTER, _CORRECTED_AFTER))
    rows = _rows(asked).filter(said=Said.UPDATED, light=Light.ON_TRACK, review=Review.ACCEPTED)
    row = next((row for row in rows if company.managers_of(row.plan)), None)
    if row is None or corrected >= company.today:
        return
    manager = company.managers_of(row.plan)[0]
    company.until(at(granted, 10))
    _let_answer(manager, row, director, granted, remarks.EXCEPTED)
    company.until(at(corrected, 11))
    by = acting(manager, at(corrected, 11))
    stamp = audited.stamp(by["actor"], remarks.WHY_CORRECTED, by["now"])
    given = Answer(Light.AT_RISK.value, *remarks.CORRECTED)
    corrections.correct(asked.pk, row.plan_id, given, seen=0, scope=by["scope"], stamp=stamp)


def let_answer_now(asked: ReportingRound, company: Company, director: User) -> None:
    """Let the manager of a plan that was silent in a locked round answer for it still: an exception that holds now."""
    silent = _rows(asked).filter(said=Said.NOTHING)
    row = next((row for row in silent if company.managers_of(row.plan)), None)
    if row is not None:
        day = add_working_days(company.today, -_HOLDS_SINCE)
        _let_answer(company.managers_of(row.plan)[0], row, director, day, remarks.EXCEPTED_NOW)


def begin(asked: ReportingRound, company: Company) -> None:
    """Begin two answers of an open round and send neither: one is a contributor's, the other a manager's."""
    rows = list(_rows(asked).filter(said=Said.NOTHING))
    drafts = zip((company.helpers_of, company.managers_of), remarks.DRAFTS, strict=True)
    for people_of, (light, text, cause) in drafts:
        row = next((row for row in rows if people_of(row.plan)), None)
        if row is not None:
            rows.remove(row)
            by = acting(people_of(row.plan)[0], at(add_working_days(company.today, -1), 13))
            begun = Answer(light, text, cause)
            answers.keep_draft(asked.pk, row.plan_id, begun, scope=by["scope"], now=by["now"])


def _let_answer(holder: User, row: StatusReport, director: User, day: date, why: str) -> None:
    by, until = acting(director, at(day, 10)), at(add_working_days(day, _LONG), 16)
    stamp = audited.stamp(by["actor"], why, by["now"])
    grants.let_answer(holder.pk, row.round_id, [row.plan_id], until, scope=by["scope"], stamp=stamp)
