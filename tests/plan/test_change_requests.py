"""Changes of a plan: proposed, withdrawn, referred to a body, decided and carried out; by whom, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from bench.city.guards import unguarded
from tests import make
from toimenpiteet import access
from toimenpiteet.change_requests import FIRST, ChangeStatus, allowed_pairs
from toimenpiteet.models import Actor, ChangeRequest, Door, StatusChange, User
from toimenpiteet.selectors.history.answers import first_due
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.history.taking_back import takings_back
from toimenpiteet.services import audited
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid, MoveRefused, Stale, WrongTime
from toimenpiteet.services.plan import change_requests
from toimenpiteet.services.plan.change_requests import Decision, Proposal
from toimenpiteet.workflow import Refusal, Role

pytestmark = pytest.mark.django_db
WHY: dict[str, Any] = {"cause": "Kilpailutus viivästyi.", "effect": "Käyttöönotto siirtyy."}
LATER = Proposal("due", due_on=date(2022, 12, 31), **WHY)
ENDING = Proposal("ending", **WHY)
BOARD = Decision("Hyväksyttiin esityksen mukaan.", "Kaupunginhallitus", date(2021, 3, 1), "123", "KH/12/2021")


class Changing(make.World):
    """A plan that is due, its manager, and the director."""

    def __init__(self) -> None:
        super().__init__()
        audited.change(self.plan, make.stamp(), due_on=date(2021, 6, 30), due_precision="day")

    def by(self, who: User, version: int) -> dict[str, Any]:
        """Return as whom and when something is done."""
        actor = Actor.person(who, Door.PAGE)
        return {"version": version, "scope": access.scope_of(who, make.TODAY), "actor": actor, "now": make.NOW}

    def propose(self, wanted: Proposal = LATER, who: User | None = None) -> ChangeRequest:
        """Propose a change of the plan as it is now."""
        self.plan.refresh_from_db()
        return change_requests.propose(self.plan.pk, wanted, **self.by(who or self.manager, self.plan.version))

    def decide(
        self, act: Callable[..., Any], row: ChangeRequest, *words: Any, who: User | None = None
    ) -> ChangeRequest:
        """Decide on a change as it is now, as the director."""
        row.refresh_from_db()
        decided: ChangeRequest = act(row.pk, *words, **self.by(who or self.director, row.version))
        self.plan.refresh_from_db()
        return decided


@pytest.fixture
def world() -> Changing:
    return Changing()


def test_a_day_beyond_the_period_has_moved_from_the_periods_end(world: Changing) -> None:
    end = date(world.period.end_year, 12, 31)
    for day in (end - timedelta(days=90), end + timedelta(days=90)):
        plan = make.plan(make.action_item(world.goal, world.unit), world.period)
        audited.change(plan, make.stamp(), due_on=day, due_precision="day")
        assert first_due([plan.pk]) == {plan.pk: min(day, end)}


def test_an_accepted_day_is_the_plans_and_the_first_one_stays_known(world: Changing) -> None:
    row = world.propose()
    assert (row.status, row.was_due_on, row.due_precision) == ("proposed", date(2021, 6, 30), "day")
    world.decide(change_requests.accept, row, Decision("Sopii."))
    assert (row.pk, world.plan.due_on) == (ChangeRequest.objects.get(status="accepted").pk, date(2022, 12, 31))
    assert first_due([world.plan.pk]) == {world.plan.pk: date(2021, 6, 30)}
    newest = world.plan.history.latest("history_id")
    assert (newest.history_change_reason, newest.history_user_id) == ("Muutos hyväksytty: Sopii.", world.director.pk)
    assert list(verify()) == []


def test_scope_lead_unit_and_ending_are_carried_out_by_their_own_services(world: Changing) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    for wanted in (
        Proposal("scope", text="Laaditaan kaksi tiekarttaa.", **WHY),
        Proposal("lead", unit=other.pk, **WHY),
    ):
        world.decide(change_requests.accept, world.propose(wanted), Decision())
    world.item.refresh_from_db()
    assert (world.plan.text, world.item.lead_unit) == ("Laaditaan kaksi tiekarttaa.", other)
    assert [link.unit for link in world.plan.unit_links.all()] == [other]
    row = world.propose(ENDING, make.member(other))
    world.decide(change_requests.accept, row, Decision())
    move = StatusChange.objects.get(plan=world.plan)
    assert (move.move, move.comment, world.plan.status) == ("discontinue", WHY["cause"], "discontinued")
    # The end was decided: it is not taken back as if it were a slip.
    back = takings_back(access.scope_of(world.director, make.TODAY), {world.plan.pk: None}, make.NOW)
    assert back[world.plan.pk].refusal is Refusal.CHANGED_SINCE
    assert list(verify()) == []


def test_what_is_declined_changes_nothing_and_says_why(world: Changing) -> None:
    row = world.propose()
    with pytest.raises(Invalid, match="miksi") as refused:
        world.decide(change_requests.decline, row, Decision("  "))
    assert refused.value.field == "words"
    decided = world.decide(change_requests.decline, row, Decision("Määräajassa pysytään."))
    assert (decided.status, decided.decision, world.plan.due_on) == (
        "declined",
        "Määräajassa pysytään.",
        date(2021, 6, 30),
    )
    # It may be proposed anew.
    assert world.propose().pk != row.pk


def test_a_body_decides_on_a_day_and_the_plan_changes_then(world: Changing) -> None:
    row = world.propose()
    with pytest.raises(Invalid, match="toimielin"):
        world.decide(change_requests.refer, row, " ")
    world.decide(change_requests.refer, row, "Kaupunginhallitus", "Yli vuoden siirto.")
    assert world.plan.due_on == date(2021, 6, 30)
    for wrong in (replace(BOARD, body_on=None), replace(BOARD, body_on=make.TODAY + timedelta(days=1)), Decision()):
        with pytest.raises(Invalid) as refused:
            world.decide(change_requests.accept, row, wrong)
        assert refused.value.field == "body_on"
    decided = world.decide(change_requests.accept, row, replace(BOARD, body=""))
    assert (decided.body, decided.section, decided.register_number) == ("Kaupunginhallitus", "123", "KH/12/2021")
    assert world.plan.due_on == date(2022, 12, 31)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (replace(LATER, kind="kaikki"), "kind"),
        (replace(LATER, cause=" "), "cause"),
        (replace(LATER, effect=""), "effect"),
        (replace(LATER, due_on=None), "due_on"),
        (replace(LATER, due_on=date(2021, 6, 30)), "due_on"),
        (replace(LATER, due_on=date(3021, 6, 30)), "due_on"),
        (replace(LATER, due_on=date(2022, 5, 3), due_precision="month"), "due_on"),
        (Proposal("scope", text="", **WHY), "text"),
        (Proposal("scope", text="Laaditaan tiekartta.", **WHY), "text"),
        (Proposal("lead", **WHY), "unit"),
        (Proposal("lead", unit=987654, **WHY), "unit"),
    ],
)
def test_a_proposal_that_is_not_whole_names_the_field(world: Changing, wanted: Proposal, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.propose(wanted)
    assert (refused.value.field, ChangeRequest.objects.count()) == (field, 0)


def test_a_form_sent_twice_makes_one_and_another_one_waits_its_turn(world: Changing) -> None:
    assert world.propose().pk == world.propose().pk
    with pytest.raises(Invalid, match="odottaa"):
        world.propose(replace(LATER, due_on=date(2023, 12, 31)))
    row = world.propose()
    world.decide(change_requests.withdraw, row, who=world.manager)
    assert world.propose(replace(LATER, due_on=date(2023, 12, 31))).status == "proposed"
    with pytest.raises(WrongTime):
        world.decide(change_requests.accept, row, Decision())


def test_what_has_changed_since_is_not_overwritten(world: Changing) -> None:
    row = world.propose()
    with pytest.raises(Stale):
        change_requests.accept(row.pk, Decision(), **world.by(world.director, 7))
    with pytest.raises(Stale):
        change_requests.propose(world.plan.pk, ENDING, **world.by(world.manager, 1))
    audited.change(world.plan, make.stamp(), due_on=date(2021, 9, 30))
    with pytest.raises(Invalid, match="muuttunut"):
        world.decide(change_requests.accept, row, Decision())
    ending = world.propose(ENDING)
    audited.change(world.plan, make.stamp(), status="in_progress")
    audited.change(world.plan, make.stamp(), status="awaiting_approval")
    with pytest.raises(MoveRefused):
        world.decide(change_requests.accept, ending, Decision())
    audited.change(world.plan, make.stamp(), status="completed")
    with pytest.raises(Invalid, match="suljettu"):
        world.decide(change_requests.accept, ending, Decision())
    with pytest.raises(Invalid, match="suljettu"):
        world.propose()
    assert set(ChangeRequest.objects.values_list("status", flat=True)) == {"proposed"}


def test_who_may_propose_and_decide(world: Changing) -> None:
    contributor = make.member(world.unit, Role.CONTRIBUTOR)
    viewer, stranger = make.official(world.municipality, Role.VIEWER), make.World()
    row = world.propose()
    for who in (contributor, viewer, world.director):
        with pytest.raises(Forbidden):
            world.propose(ENDING, who)
    with pytest.raises(Http404):
        world.propose(ENDING, stranger.manager)
    acts: list[tuple[Any, tuple[Any, ...]]] = [
        (change_requests.accept, (Decision(),)),
        (change_requests.decline, (Decision("Ei."),)),
        (change_requests.refer, ("Kaupunginhallitus",)),
    ]
    for act, words in acts:
        for who in (world.manager, contributor, viewer):
            with pytest.raises(Forbidden):
                world.decide(act, row, *words, who=who)
        with pytest.raises(Http404):
            world.decide(act, row, *words, who=stranger.director)
    with pytest.raises(Forbidden):
        world.decide(change_requests.withdraw, row, who=world.director)


def test_nobody_decides_on_their_own_proposal_on_behalf_of_another(world: Changing) -> None:
    make.substitution(world.director, world.manager, world.municipality)
    row = world.propose()
    with pytest.raises(Forbidden, match="oma"):
        world.decide(change_requests.accept, row, Decision(), who=world.manager)
    # Whoever manages and directs by roles of their own may do both.
    both = make.official(world.municipality, user=make.member(world.unit, user=make.user("Kaisa Kaksi")))
    world.decide(change_requests.withdraw, row, who=world.manager)
    assert world.decide(change_requests.accept, world.propose(LATER, both), Decision(), who=both).status == "accepted"


def test_a_refusal_leaves_nothing_behind(world: Changing) -> None:
    other = make.unit(world.municipality)
    row = world.propose(Proposal("lead", unit=other.pk, **WHY))
    audited.change(other, make.stamp(), successor=world.unit)
    with pytest.raises(DomainError):
        world.decide(change_requests.accept, row, Decision())
    world.item.refresh_from_db()
    assert (world.item.lead_unit, ChangeRequest.objects.get().status) == (world.unit, "proposed")


@pytest.mark.parametrize(("old", "new"), list(product(ChangeStatus, ChangeStatus)))
def test_the_database_lets_through_only_the_moves_of_the_table(
    world: Changing, old: ChangeStatus, new: ChangeStatus
) -> None:
    row = world.propose()
    body = {"body": "KH"} if "needs_body" in {old, new} else {}
    filled = {"decision": "x", **body}
    with unguarded():
        _put(row, old, filled)
    if old == new or (old, new) in allowed_pairs():
        _put(row, new, filled)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            _put(row, new, filled)
    if new is not FIRST:
        born = ChangeRequest(plan=world.plan, kind="ending", status=new.value, proposed_at=make.NOW, **WHY)
        with pytest.raises(IntegrityError), transaction.atomic():
            audited.add(born, make.stamp())


def _put(row: ChangeRequest, status: ChangeStatus, filled: dict[str, str]) -> None:
    waits = status in {ChangeStatus.PROPOSED, ChangeStatus.NEEDS_BODY}
    body = filled.get("body", "") if status not in {ChangeStatus.PROPOSED, ChangeStatus.WITHDRAWN} else ""
    body_on = make.TODAY if body and not waits else None
    sql = "UPDATE toimenpiteet_changerequest SET status = %s, decided_at = %s, decision = %s, body = %s, body_on = %s"
    with connection.cursor() as cursor:
        values = [status.value, None if waits else make.NOW, filled["decision"], body, body_on]
        cursor.execute(f"{sql} WHERE id = %s", [*values, row.pk])
