"""A plan's answer in a round: begun, said, withdrawn by those who answer for it; returned or accepted by the director.

The row was made when the round opened (services.rounds.turning). Drafts are kept apart, per person, and are no record.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.answers import EXPLAINED, Light, NotUnchanged, Review, Said, Unknown, lacking
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, AnswerCorrection, AnswerDraft, ReportingRound, Stamp, StatusReport
from toimenpiteet.round_moves import ANSWERABLE, RoundStatus
from toimenpiteet.selectors.rounds.answers import needs_words, said_before
from toimenpiteet.selectors.rounds.drafts import WRITTEN, drafts_of, for_sender, is_own, is_silent
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError, Invalid, WrongTime, need


@dataclass(frozen=True)
class Answer:
    """What a person writes of a plan: the light, what was done; with amber and red the cause and the next step.

    What cannot be assessed has one of ``answers.Unknown`` for a reason, and the day of knowing where there is one.
    Without a light it is a draft: a light that nobody chose is none, not *cannot be assessed*.
    """

    light: str = ""
    text: str = ""
    cause: str = ""
    next_step: str = ""
    unknown_because: str = ""
    known_on: date | None = None

    def cleaned(self) -> "Answer":
        """Return it as the record takes it; raises Invalid for an unknown light or an unusable text."""
        if self.light and self.light not in set(Light):
            raise Invalid(_("Choose one of the lights offered."), field="light")
        if self.unknown_because and self.unknown_because not in set(Unknown):
            raise Invalid(_("Choose one of these."), field="unknown_because")
        words: dict[str, Any] = {
            name: text.clean(getattr(self, name), field=name) for name in ("text", "cause", "next_step")
        }
        return replace(self, **words)


def written(row: StatusReport | AnswerDraft | AnswerCorrection) -> Answer:
    """Return what a row says."""
    return Answer(**{name: getattr(row, name) for name in WRITTEN})


@transaction.atomic
def send(
    asked: int, plan: int, answer: Answer, *, version: int, scope: Scope, actor: Actor, now: datetime
) -> StatusReport:
    """Say how a plan stands; an answer that was sent before and not reviewed is replaced.

    Who sends the last answer's words again says *unchanged*, and needs a sentence where that does. Raises Http404,
    Forbidden (a contributor begins, a manager sends), Stale when somebody answered meanwhile, WrongTime when the round
    takes no answers, Invalid when the answer is not whole.
    """
    row, right = hold(asked, plan, scope, now, version=version)
    answer = whole(answer.cleaned(), local_day(now))
    before = _before(row)
    if row.review == Review.RETURNED and _same(answer, written(row)):
        raise Invalid(str(labels.NOT_UNCHANGED[NotUnchanged.RETURNED]), field="text")
    if before and _same(answer, written(before[0])):
        return _say_unchanged(row, before, right, scope, actor, now)
    stamp = audited.stamp(actor, pgettext("reason", "Answered in the round"), now, right.role, right.on_behalf)
    return _say(row, Said.UPDATED, answer, stamp, scope)


@transaction.atomic
def send_unchanged(
    asked: int, plan: int, *, version: int, scope: Scope, actor: Actor, now: datetime, typed: Answer | None = None
) -> StatusReport:
    """Say that nothing has changed since the last answer, whose light and words are repeated.

    `typed` is what stood in the form, where there was one: words of somebody's own are not thrown away. Raises as
    `send`, and Invalid where a sentence is needed (``needs_words``) or something else was typed.
    """
    row, right = hold(asked, plan, scope, now, version=version)
    before = _before(row)
    if typed and typed.text.strip() and not any(_same(typed, written(one)) for one in [row, *before[:1]]):
        said = _("You have written something new. Send it, or empty the field or discard the draft first.")
        raise Invalid(said, field="text")
    return _say_unchanged(row, before, right, scope, actor, now)


def _before(row: StatusReport) -> list[StatusReport]:
    return said_before(row.round, [row.plan_id]).get(row.plan_id, [])


def _same(one: Answer, other: Answer) -> bool:
    """Tell whether two answers have the same light and words; when something will be known is no news."""
    return replace(one.cleaned(), known_on=None) == replace(other.cleaned(), known_on=None)


def _say(row: StatusReport, said: Said, answer: Answer, stamp: Stamp, scope: Scope) -> StatusReport:
    audited.change(row, stamp, said=said.value, review=Review.NONE.value, answered_at=stamp.at, **asdict(answer))
    _drafts(row, scope).delete()
    return row


def _say_unchanged(
    row: StatusReport, before: list[StatusReport], right: Verdict, scope: Scope, actor: Actor, now: datetime
) -> StatusReport:
    if refusal := needs_words(row, before, late=row.plan.next_deadline_on < local_day(now)):
        raise Invalid(refusal, field="text")
    stamp = audited.stamp(actor, pgettext("reason", "Answered: no change"), now, right.role, right.on_behalf)
    return _say(row, Said.UNCHANGED, written(before[0]), stamp, scope)


@dataclass(frozen=True)
class DraftSeen:
    """A draft as a page showed it: of which plan, at which version of the answer, and when it had been kept."""

    plan: int
    version: int
    kept: str


def send_drafts(
    asked: int, seen: Iterable[DraftSeen], *, scope: Scope, actor: Actor, now: datetime
) -> tuple[list[int], list[tuple[int, DomainError]]]:
    """Send what has been begun, each plan in its own transaction; where nothing has been, nothing happens.

    What another manager is writing is theirs to send.

    Return the plans that were answered, and those that were not with the reason; what is not sent stays a draft.
    Raises Http404 as `send`.
    """
    done, refused = [], []
    for one in seen:
        try:
            if _send_draft(asked, one, scope, actor, now):
                done.append(one.plan)
        except DomainError as error:
            refused.append((one.plan, error))
    return done, refused


@transaction.atomic
def _send_draft(asked: int, seen: DraftSeen, scope: Scope, actor: Actor, now: datetime) -> StatusReport | None:
    row = _seen(asked, seen.plan, scope)
    draft = drafts_of(scope, [row]).get(row.plan_id)
    # What was begun after an answer was sent is sent by itself: who presses for all has not read it.
    if draft is None or not is_silent(row) or not for_sender([draft], scope, local_day(now)):
        return None
    if not is_own(draft, scope) and draft.at.isoformat() != seen.kept:
        raise Invalid(_("Somebody else went on writing this. Open the page again and read it before you send it."))
    return send(asked, seen.plan, written(draft), version=seen.version, scope=scope, actor=actor, now=now)


@transaction.atomic
def withdraw(asked: int, plan: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> StatusReport:
    """Take an answer back before it is reviewed; its words become the person's draft. Raises as `send`."""
    row, right = hold(asked, plan, scope, now, version=version)
    if row.said == Said.NOTHING or row.review != Review.NONE:
        raise Invalid(_("There is no answer here that waits for its review, so nothing can be withdrawn."))
    _keep(row, scope, written(row), now)
    stamp = audited.stamp(actor, pgettext("reason", "Answer withdrawn"), now, right.role, right.on_behalf)
    audited.change(row, stamp, **_before_it(row))
    return row


def _before_it(row: StatusReport) -> dict[str, Any]:
    """Return how a row stood before it was answered: silent, or returned with what the director gave back."""
    back = row.history.filter(review=Review.RETURNED.value).order_by("-version")
    returned = back.first() if row.review_text else None
    if returned is None:
        return {"said": Said.NOTHING.value, "answered_at": None, **asdict(Answer(Light.NOT_ASSESSED.value))}
    said = {"said": returned.said, "review": returned.review, "answered_at": returned.answered_at}
    return said | {name: getattr(returned, name) for name in WRITTEN}


@transaction.atomic
def keep_draft(asked: int, plan: int, answer: Answer, *, scope: Scope, now: datetime) -> AnswerDraft:
    """Keep what a person has begun to write, whole or not. Raises Http404, Forbidden, or Invalid for unusable text."""
    row, _right = begun_by(asked, plan, scope, now)
    return _keep(row, scope, answer.cleaned(), now)


@transaction.atomic
def discard_draft(asked: int, plan: int, *, scope: Scope, now: datetime) -> None:
    """Throw away what the person of `scope` has begun to write. Raises as `keep_draft`."""
    row, _right = begun_by(asked, plan, scope, now)
    _drafts(row, scope).delete()


@transaction.atomic
def give_back(pk: int, words: str, *, version: int, scope: Scope, actor: Actor, now: datetime) -> StatusReport:
    """Give an answer back with the director's words: it is asked for again.

    Raises Http404, Forbidden, Stale, or Invalid without words or where there is no answer to review.
    """
    words = text.clean(words, field="review_text")
    if not words:
        raise Invalid(_("Write what is missing: the manager reads it first."), field="review_text")
    return _review(pk, Review.RETURNED, words, version, scope, actor, now)


@transaction.atomic
def accept(pk: int, *, version: int, scope: Scope, actor: Actor, now: datetime) -> StatusReport:
    """Accept an answer. Raises Http404, Forbidden, Stale, or Invalid where there is no answer to review."""
    return _review(pk, Review.ACCEPTED, "", version, scope, actor, now)


def accept_each(
    seen: Iterable[tuple[int, int]], *, scope: Scope, actor: Actor, now: datetime
) -> tuple[list[StatusReport], list[DomainError]]:
    """Accept several answers, each (id, version) in its own transaction; return what was accepted and what was not."""
    done, refused = [], []
    for pk, version in seen:
        try:
            done.append(accept(pk, version=version, scope=scope, actor=actor, now=now))
        except DomainError as error:
            refused.append(error)
    return done, refused


def _review(
    pk: int, review: Review, words: str, version: int, scope: Scope, actor: Actor, now: datetime
) -> StatusReport:
    seen = access.get(scope, access.visible(scope, StatusReport).select_related("round"), pk=pk)
    right = need(access.may(scope, Verb.DIRECT, seen))
    hold_round(seen.round_id)
    row = audited.lock(StatusReport.objects.all(), pk, version=version)
    if row.said == Said.NOTHING:
        raise Invalid(_("Nothing has been said yet, so there is nothing to review."))
    reason = words[:500] or pgettext("reason", "Answer accepted")
    stamp = audited.stamp(actor, reason, now, right.role, right.on_behalf)
    audited.change(row, stamp, review=review.value, review_text=words)
    return row


def _seen(asked: int, plan: int, scope: Scope) -> StatusReport:
    if scope.anonymous:
        raise Http404
    rows = access.visible(scope, StatusReport).select_related("round", "plan")
    row = access.get(scope, rows, round=asked, plan=plan)
    _need_answerable(row.round)
    return row


def begun_by(
    asked: int, plan: int, scope: Scope, now: datetime, verb: Verb = Verb.ANSWER
) -> tuple[StatusReport, Verdict]:
    """Return a plan's answer in a round that takes answers, and by what right the person does `verb` to it.

    Raises Http404, WrongTime, Forbidden.
    """
    seen = _seen(asked, plan, scope)
    return seen, need(access.may_answer(scope, seen.plan, asked, now, verb))


def hold(
    asked: int,
    plan: int,
    scope: Scope,
    now: datetime,
    verb: Verb = Verb.SEND_ANSWER,
    *,
    version: int | None = None,
) -> tuple[StatusReport, Verdict]:
    """Return what ``begun_by`` does with the row locked, at the `version` that the person saw; raises Stale too."""
    seen, right = begun_by(asked, plan, scope, now, verb)
    hold_round(seen.round_id)
    row = audited.lock(StatusReport.objects.all(), seen.pk, version=version)
    row.round, row.plan = seen.round, seen.plan
    return row, right


def hold_round(asked: int) -> None:
    """Hold a round that takes answers until the transaction ends; raises WrongTime where it takes none."""
    # Nobody locks the round while an answer is on its way into it: the snapshot would lack what the answer says.
    _need_answerable(audited.lock(ReportingRound.objects.all(), asked))


def _need_answerable(asked: ReportingRound) -> None:
    status = RoundStatus(asked.status)
    if status is RoundStatus.PLANNED:
        raise WrongTime(_("The round is not open yet, so nothing is asked in it."))
    if status not in ANSWERABLE:
        raise WrongTime(_("The round is locked, so its answers stay as they are."))


def whole(answer: Answer, today: date) -> Answer:
    """Return `answer` as it can stand on record; raises Invalid, naming the field, for what it lacks.

    What another light asks for is not taken along: a form that began with the last answer has hidden it.
    """
    words = {
        "light": _("Choose a light: it says how the action item is going, or that this cannot be assessed."),
        "text": _("Say in a sentence how it stands: what was done, or why it cannot be assessed."),
        "cause": _("Say why: amber and red need a cause."),
        "next_step": _("Say what happens next: amber and red need a next step."),
        "unknown_because": _("Choose why it cannot be assessed."),
    }
    if field := lacking(answer.light, answer.text, answer.cause, answer.next_step, answer.unknown_because):
        raise Invalid(words[field], field=field)
    if answer.light not in EXPLAINED:
        answer = replace(answer, cause="", next_step="")
    if answer.light != Light.NOT_ASSESSED:
        return replace(answer, unknown_because="", known_on=None)
    need_to_come(answer.known_on, today)
    return answer


def need_to_come(known_on: date | None, today: date) -> None:
    """Raise Invalid where the day on which something will be known has passed."""
    if known_on and known_on < today:
        raise Invalid(
            _("This day has passed. Choose the day on which it will be known, or leave it empty."), field="known_on"
        )


def _keep(row: StatusReport, scope: Scope, answer: Answer, now: datetime) -> AnswerDraft:
    draft, _made = AnswerDraft.objects.update_or_create(
        round=row.round, plan=row.plan, person=scope.user, defaults={**asdict(answer), "at": now}
    )
    return draft


def _drafts(row: StatusReport, scope: Scope) -> "QuerySet[AnswerDraft]":
    return AnswerDraft.objects.filter(round=row.round_id, plan=row.plan_id, person=scope.user)
