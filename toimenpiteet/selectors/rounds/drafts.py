"""What has been begun of answers: with whose draft a form begins, and what is ready to be sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.answers import Review, Said, lacking
from toimenpiteet.models import AnswerDraft, Membership, PlanUnit, StatusReport
from toimenpiteet.models.people import Dated
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.workflow import Role

WRITTEN = ("light", "text", "cause", "next_step", "unknown_because", "known_on")
"""What is written, which answers, drafts and corrections have as columns."""


def is_silent(report: StatusReport) -> bool:
    """Tell whether an answer is waited for: nothing is said, or it was given back (``models.reporting.SILENT``)."""
    return bool(report.said == Said.NOTHING or report.review == Review.RETURNED)


def drafts_of(scope: Scope, reports: Collection[StatusReport]) -> dict[int, AnswerDraft]:
    """Return with which draft each plan's form begins; one query. Who sees it may not be who wrote it."""
    return {plan: found[0] for plan, found in begun(scope, reports).items()}


def begun(scope: Scope, reports: Collection[StatusReport]) -> dict[int, list[AnswerDraft]]:
    """Return the drafts of each plan, the person's own first, then others', the newest first; one query.

    Of others' those kept since it was answered; one's own stays, whoever answered meanwhile, until it is what was sent.
    """
    answered = {(row.round_id, row.plan_id): row for row in reports}
    asked, plans = ({key[at] for key in answered} for at in (0, 1))
    rows = access.drafts(scope).filter(round__in=asked, plan__in=plans).select_related("person")
    found: dict[int, list[AnswerDraft]] = defaultdict(list)
    for draft in rows.order_by("-at", "-pk"):
        if _goes_on(draft, answered[draft.round_id, draft.plan_id], scope):
            found[draft.plan_id].append(draft)
    for drafts in found.values():
        drafts.sort(key=lambda draft: not is_own(draft, scope))
    return found


def _goes_on(draft: AnswerDraft, report: StatusReport, scope: Scope) -> bool:
    if not overtaken(draft, report):
        return True
    return is_own(draft, scope) and any(getattr(draft, name) != getattr(report, name) for name in WRITTEN)


def overtaken(draft: AnswerDraft, report: StatusReport) -> bool:
    """Tell whether somebody answered after the draft was kept."""
    return report.answered_at is not None and draft.at <= report.answered_at


def is_own(draft: AnswerDraft, scope: Scope) -> bool:
    """Tell whether the person wrote the draft."""
    return scope.user is not None and draft.person_id == scope.user.pk


@dataclass(frozen=True)
class Ready:
    """A draft that is whole and the person's to send: of which action item, and who began it ("": themselves)."""

    plan: int
    name: Text
    by: str


def ready(
    scope: Scope, reports: Iterable[StatusReport], drafts: dict[int, list[AnswerDraft]], own: str, today: date
) -> list[Ready]:
    """Return what can be sent at once, by name: drafts of the person's own, and of those who send none; two queries."""
    firsts = [drafts[row.plan_id][0] for row in reports if drafts.get(row.plan_id) and is_silent(row)]
    whole = {one.plan_id: one for one in for_sender(firsts, scope, today) if not _lacks(one)}
    units: dict[int, list[int]] = defaultdict(list)
    names: dict[int, Text] = {}
    for link in PlanUnit.objects.filter(plan__in=whole).select_related("plan__item"):
        units[link.plan_id].append(link.unit_id)
        names[link.plan_id] = text_of(link.plan.item, "name", own)
    mine = [plan for plan in whole if scope.reaches(Role.MANAGER, frozenset(units[plan]))]
    found = [Ready(plan, names[plan], "" if is_own(whole[plan], scope) else str(whole[plan].person)) for plan in mine]
    return sorted(found, key=lambda one: (one.name.text, one.plan))


def for_sender(drafts: Collection[AnswerDraft], scope: Scope, today: date) -> list[AnswerDraft]:
    """Return those of `drafts` that the person may send unread: not what another manager is still writing."""
    others = {draft.person_id for draft in drafts if not is_own(draft, scope)}
    managers = Membership.objects.filter(Dated.on(today), user__in=others, role=Role.MANAGER.value).values("user")
    sends = set(managers.values_list("user", flat=True)) if others else set()
    return [draft for draft in drafts if draft.person_id not in sends]


def _lacks(draft: AnswerDraft) -> str:
    return lacking(draft.light, draft.text, draft.cause, draft.next_step, draft.unknown_because)
