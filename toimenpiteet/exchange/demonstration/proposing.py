"""Changes of plans in the demonstration: proposed by managers, decided by the director, or by the board."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from toimenpiteet.calendar import add_working_days, local_day, working_days_between
from toimenpiteet.change_requests import ChangeKind, ChangeStatus
from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.exchange.demonstration.company import Company, acting, at
from toimenpiteet.models import ChangeRequest, PeriodPlan, User
from toimenpiteet.services.plan import change_requests
from toimenpiteet.services.plan.change_requests import Decision, Proposal

Errand = tuple[datetime, Callable[[], None]]


@dataclass(frozen=True)
class _Wish:
    """A change: how many working days ago it was proposed, with which words, and what has become of it so far."""

    ago: int
    kind: ChangeKind
    why: tuple[str, str]
    comes_to: ChangeStatus
    words: str = ""
    by_board: bool = False


_WISHES = (
    _Wish(150, ChangeKind.DUE, remarks.LATER[0], ChangeStatus.ACCEPTED, remarks.GRANTED),
    _Wish(110, ChangeKind.DUE, remarks.LATER[1], ChangeStatus.ACCEPTED, remarks.BY_BOARD, by_board=True),
    _Wish(70, ChangeKind.SCOPE, remarks.WIDER, ChangeStatus.DECLINED, remarks.REFUSED),
    _Wish(12, ChangeKind.ENDING, remarks.NO_MORE, ChangeStatus.NEEDS_BODY, remarks.TO_BOARD, by_board=True),
    _Wish(4, ChangeKind.DUE, remarks.LATER[2], ChangeStatus.PROPOSED),
    _Wish(3, ChangeKind.SCOPE, remarks.NARROWER, ChangeStatus.PROPOSED),
)
_AT_LOCK = _Wish(0, ChangeKind.DUE, remarks.LATER[3], ChangeStatus.ACCEPTED, remarks.BY_BOARD, by_board=True)
"""What waits for the board when the last locked round was locked: it was proposed some working days before."""
_BEFORE_LOCK = 10
_DECIDED_AFTER, _BOARD_AFTER = 3, 20


def changes(company: Company, director: User, now: datetime, lock: date | None) -> Iterator[Errand]:
    """Give what happens to the changes of some plans that go on, each at its instant before `now`.

    `lock` is the day on which the last locked round was locked: one change waits for a body then.
    """
    wishes = list(_WISHES)
    if lock is not None:
        wishes.append(replace(_AT_LOCK, ago=working_days_between(lock, local_day(now)) + _BEFORE_LOCK))
    for wish, name in zip(wishes, company.going_on, strict=False):
        plan = company.plans[name]
        yield from _Story(wish, plan, company.managers_of(plan)[0], director, local_day(now)).errands()


class _Story:
    """What happens to one wish."""

    def __init__(self, wish: _Wish, plan: PeriodPlan, manager: User, director: User, today: date) -> None:
        self.wish, self.plan, self.manager, self.director = wish, plan, manager, director
        self.proposed = add_working_days(today, -wish.ago)
        self.decided = add_working_days(self.proposed, _DECIDED_AFTER)
        self.board = add_working_days(self.proposed, _BOARD_AFTER)

    def errands(self) -> Iterator[Errand]:
        """Give each act with its instant."""
        yield at(self.proposed, 9), self._propose
        if self.wish.comes_to is ChangeStatus.PROPOSED:
            return
        if self.wish.by_board:
            yield at(self.decided, 10), self._refer
        if self.wish.comes_to in {ChangeStatus.ACCEPTED, ChangeStatus.DECLINED}:
            yield at(self.board if self.wish.by_board else self.decided, 14), self._decide

    def _propose(self) -> None:
        plan = PeriodPlan.objects.select_related("period").get(pk=self.plan.pk)
        cause, effect = self.wish.why
        wanted = Proposal(self.wish.kind.value, cause, effect)
        if self.wish.kind is ChangeKind.DUE:
            wanted = replace(wanted, due_on=_later(plan), due_precision="day")
        elif self.wish.kind is ChangeKind.SCOPE:
            wanted = replace(wanted, text=f"{plan.text}\n{effect}")
        by = acting(self.manager, at(self.proposed, 9))
        change_requests.propose(plan.pk, wanted, version=plan.version, **by)

    def _refer(self) -> None:
        row = self._row()
        by = acting(self.director, at(self.decided, 10))
        change_requests.refer(row.pk, remarks.BOARD, remarks.TO_BOARD, version=row.version, **by)

    def _decide(self) -> None:
        row, day = self._row(), self.board if self.wish.by_board else self.decided
        decision = Decision(self.wish.words)
        if self.wish.by_board:
            decision = Decision(self.wish.words, remarks.BOARD, day, "214", f"{day.year}/1187")
        act = change_requests.accept if self.wish.comes_to is ChangeStatus.ACCEPTED else change_requests.decline
        act(row.pk, decision, version=row.version, **acting(self.director, at(day, 14)))

    def _row(self) -> ChangeRequest:
        return ChangeRequest.objects.get(plan=self.plan.pk, kind=self.wish.kind.value)


def _later(plan: PeriodPlan) -> date:
    """Return a due date half a year after the plan's own, or after the end of its period where it has none."""
    return plan.due_on + timedelta(days=184) if plan.due_on else date(plan.period.end_year + 1, 6, 30)
