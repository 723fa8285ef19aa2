"""Rights that come through a grant: what a substitute may do and what not, who answers for which plans, until when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from tests import make
from tests.api.town import Caller
from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.models import Actor, Door, Goal, Grant, PeriodPlan, StatusChange, StatusReport, User
from toimenpiteet.selectors.rounds.answers import mine
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import Forbidden, Invalid, MoveRefused, Stale
from toimenpiteet.services.people import grants
from toimenpiteet.services.people.grants import Standing
from toimenpiteet.services.plan import plans
from toimenpiteet.services.rounds import answers, corrections
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.workflow import Refusal, Role

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
UNTIL = datetime(2021, 3, 18, 13, 0, tzinfo=UTC)


class Away(make.World):
    """A world whose manager and director are away, and somebody who can stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.colleague = make.official(self.municipality, Role.VIEWER, user=make.user("Sinikka Sijainen"))
        self.round = make.asked(self.plan).round

    def stands_in_for(self, absent: User, **fields: Any) -> Grant:
        return make.substitution(absent, self.colleague, self.municipality, **fields)


@pytest.fixture
def world() -> Away:
    return Away()


def scope_of(person: User, day: date = make.TODAY) -> Scope:
    return access.scope_of(person, day)


def by(who: User, now: datetime = make.NOW) -> dict[str, Any]:
    return {"scope": scope_of(who, now.date()), "actor": Actor.person(who, Door.PAGE), "now": now}


def kept_by(who: User, reason: str = "kesäloma", now: datetime = make.NOW) -> dict[str, Any]:
    return {"scope": scope_of(who), "stamp": audited.stamp(Actor.person(who, Door.PAGE), reason, now)}


def move(plan: PeriodPlan, name: str, who: User, comment: str = "") -> StatusChange:
    plan.refresh_from_db()
    return plans.move(plan.pk, name, version=plan.version, comment=comment, **by(who))


def roles(person: User, plan: PeriodPlan, day: date = make.TODAY) -> frozenset[Role]:
    return access.roles_on(scope_of(person, day), plan)


# What a substitute may do, and how the record says it


def test_a_substitute_does_what_the_manager_may_and_the_record_says_for_whom(world: Away) -> None:
    step = make.step(world.plan)
    with pytest.raises(Forbidden):
        plans.comment_on(world.plan.pk, "Ei vielä", **by(world.colleague))
    world.stands_in_for(world.manager)
    change = move(world.plan, "start", world.colleague)
    comment = plans.comment_on(world.plan.pk, "Sovittu", **by(world.colleague))
    ticked = plans.tick_step(step.pk, done=True, version=step.version, **by(world.colleague))
    for row in (change, *(thing.history.latest("history_id") for thing in (comment, ticked))):
        assert (row.actor_name.text, row.on_behalf_name.text) == ("Sinikka Sijainen", world.manager.name)
    assert change.actor == world.colleague
    with pytest.raises(MoveRefused):
        move(world.plan, "discontinue", world.colleague, "Ei kuulu minulle")


def test_what_one_may_oneself_is_done_on_behalf_of_nobody(world: Away) -> None:
    make.member(world.unit, Role.CONTRIBUTOR, user=world.colleague)
    world.stands_in_for(world.manager)
    comment = plans.comment_on(world.plan.pk, "Omissa nimissä", **by(world.colleague))
    assert comment.history.latest("history_id").on_behalf_name is None
    assert move(world.plan, "start", world.colleague).on_behalf_name is not None
    assert move(world.plan, "discontinue", world.director, "Päätös").on_behalf_name is None


def test_a_contributor_is_stood_in_for_as_a_contributor(world: Away) -> None:
    helper, step = make.member(world.unit, Role.CONTRIBUTOR), make.step(world.plan)
    world.stands_in_for(helper)
    assert roles(world.colleague, world.plan) == {Role.VIEWER, Role.CONTRIBUTOR}
    assert plans.tick_step(step.pk, done=True, version=step.version, **by(world.colleague)).done
    with pytest.raises(MoveRefused):
        move(world.plan, "start", world.colleague)


def test_an_administrator_and_an_operator_lend_nothing_of_theirs(world: Away) -> None:
    admin = make.official(world.municipality, Role.ADMIN)
    make.member(world.unit, user=admin)
    make.change_user(admin, is_superuser=True)
    world.stands_in_for(admin)
    scope = scope_of(world.colleague)
    assert access.roles_on(scope, world.plan) == {Role.VIEWER, Role.MANAGER}
    assert not access.may(scope, access.Verb.ADMINISTER, world.municipality)
    assert not access.may(scope, access.Verb.ADD_MUNICIPALITY, None)
    assert not scope.operator


def test_a_substitute_sees_the_plans_of_the_absent_persons_units(world: Away) -> None:
    assert scope_of(world.colleague).own_units == frozenset()
    world.stands_in_for(world.manager)
    assert scope_of(world.colleague).own_units == {world.unit.pk}


# Nobody approves their own proposal on behalf of another


def test_a_substitute_approves_for_the_director_what_others_proposed(world: Away) -> None:
    move(world.plan, "start", world.manager)
    move(world.plan, "propose_completion", world.manager, "Valmista tuli")
    world.stands_in_for(world.director)
    change = move(world.plan, "approve", world.colleague)
    assert (change.to_status, change.on_behalf_name.text) == ("completed", world.director.name)


def test_a_substitute_does_not_approve_what_they_proposed_in_their_own_name(world: Away) -> None:
    make.member(world.unit, user=world.colleague)
    move(world.plan, "start", world.colleague)
    move(world.plan, "propose_completion", world.colleague, "Valmista tuli")
    world.stands_in_for(world.director)
    with pytest.raises(MoveRefused) as refused:
        move(world.plan, "approve", world.colleague)
    assert (refused.value.refusal, refused.value.http_status) == (Refusal.OWN_PROPOSAL, 403)
    assert refused.value.message == str(labels.REFUSAL[Refusal.OWN_PROPOSAL])
    # What others propose afterwards is theirs to approve again.
    move(world.plan, "send_back", world.director, "Vielä yksi asia")
    move(world.plan, "propose_completion", world.manager, "Nyt")
    assert move(world.plan, "approve", world.colleague).to_status == "completed"


def test_a_substitute_does_not_approve_what_they_proposed_for_another(world: Away) -> None:
    world.stands_in_for(world.manager)
    world.stands_in_for(world.director)
    move(world.plan, "start", world.colleague)
    move(world.plan, "propose_completion", world.colleague, "Valmista tuli")
    with pytest.raises(MoveRefused):
        move(world.plan, "approve", world.colleague)
    assert move(world.plan, "approve", world.director).to_status == "completed"


def test_a_director_does_not_approve_what_they_proposed_for_the_manager_even_afterwards(world: Away) -> None:
    grant = make.substitution(world.manager, world.director, world.municipality)
    move(world.plan, "start", world.director)
    move(world.plan, "propose_completion", world.director, "Valmista tuli")
    audited.change(grant, make.stamp(), valid_until=make.TODAY - DAY)
    with pytest.raises(MoveRefused):
        move(world.plan, "approve", world.director)


def test_whoever_manages_and_directs_by_roles_of_their_own_approves_their_own_proposal(world: Away) -> None:
    make.member(world.unit, user=world.director)
    move(world.plan, "start", world.director)
    move(world.plan, "propose_completion", world.director, "Valmista tuli")
    assert move(world.plan, "approve", world.director).to_status == "completed"


# When it holds


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (None, None, True),
        (make.TODAY, make.TODAY, True),
        (make.TODAY + DAY, None, False),
        (None, make.TODAY - DAY, False),
    ],
)
def test_a_substitution_holds_on_its_days(world: Away, first: date | None, last: date | None, holds: bool) -> None:
    world.stands_in_for(world.manager, valid_from=first, valid_until=last)
    assert (Role.MANAGER in roles(world.colleague, world.plan)) is holds


def test_it_ends_with_the_role_that_it_stands_for(world: Away) -> None:
    world.stands_in_for(world.manager)
    audited.change(world.manager.memberships.get(), make.stamp(), valid_until=make.TODAY - DAY)
    assert Role.MANAGER not in roles(world.colleague, world.plan)


def test_it_needs_open_accounts_and_a_role_of_the_substitutes_own(world: Away) -> None:
    world.stands_in_for(world.manager)
    make.change_user(world.manager, is_active=False)
    assert Role.MANAGER not in roles(world.colleague, world.plan)
    make.change_user(world.manager, is_active=True)
    assert Role.MANAGER in roles(world.colleague, world.plan)
    audited.change(world.colleague.municipality_roles.get(), make.stamp(), valid_until=make.TODAY - DAY)
    assert scope_of(world.colleague).municipalities == frozenset()


def test_it_is_not_handed_on(world: Away) -> None:
    world.stands_in_for(world.manager)
    third = make.official(world.municipality, Role.VIEWER)
    make.substitution(world.colleague, third, world.municipality)
    assert roles(third, world.plan) == {Role.VIEWER}
    assert access.roles_on(scope_of(third), world.plan).isdisjoint({Role.MANAGER})


def test_it_holds_in_its_municipality_only(world: Away) -> None:
    other = make.World()
    make.member(other.unit, user=world.manager)
    make.official(other.municipality, Role.VIEWER, user=world.colleague)
    world.stands_in_for(world.manager)
    assert Role.MANAGER in roles(world.colleague, world.plan)
    assert roles(world.colleague, other.plan) == {Role.VIEWER}


def test_what_a_person_is_takes_one_query_with_and_without_a_grant(world: Away, django_assert_num_queries: Any) -> None:
    for _ in range(2):
        scope_of(world.colleague)
        with django_assert_num_queries(1):
            scope_of(world.colleague)
        world.stands_in_for(world.manager)


# Given, changed, ended


def test_a_person_names_their_substitute_changes_and_ends_it_on_record(world: Away) -> None:
    own = kept_by(world.manager)
    wanted = Standing(world.colleague.pk, make.TODAY, make.TODAY + 9 * DAY)
    grant = grants.stand_in(world.manager.pk, world.municipality.pk, wanted, **own)
    assert (grant.why, grant.given_by) == ("kesäloma", world.manager)
    assert grants.stand_in(world.manager.pk, world.municipality.pk, wanted, **own) == grant
    longer = Standing(world.colleague.pk, make.TODAY, make.TODAY + 20 * DAY)
    changed = grants.change(grant.pk, longer, version=grant.version, **kept_by(world.manager, "loma jatkuu"))
    assert (changed.valid_until, changed.why) == (make.TODAY + 20 * DAY, "loma jatkuu")
    with pytest.raises(Stale):
        grants.end(grant.pk, version=1, **own)
    later = make.NOW + 3 * DAY
    grants.end(grant.pk, version=2, **kept_by(world.manager, "palasin", later))
    assert Grant.objects.get().valid_until == later.date() - DAY
    assert [row.history_type for row in Grant.history.order_by("history_id")] == ["+", "~", "~"]


def test_one_that_never_held_a_day_is_taken_away_and_the_history_keeps_it(world: Away) -> None:
    wanted = Standing(world.colleague.pk, make.TODAY)
    grant = grants.stand_in(world.manager.pk, world.municipality.pk, wanted, **kept_by(world.manager))
    grants.end(grant.pk, version=1, **kept_by(world.manager, "erehdys"))
    assert not Grant.objects.exists()
    assert Grant.history.latest("history_id").history_change_reason == "erehdys"


def test_an_administrator_does_it_for_the_people_of_the_municipality_and_nobody_else_does(world: Away) -> None:
    admin, wanted = make.official(world.municipality, Role.ADMIN), Standing(world.colleague.pk)
    home = world.municipality.pk
    for stranger in (world.director, world.colleague):
        with pytest.raises(Forbidden):
            grants.stand_in(world.manager.pk, home, wanted, **kept_by(stranger))
    grant = grants.stand_in(world.manager.pk, home, wanted, **kept_by(admin))
    with pytest.raises(Forbidden):
        grants.end(grant.pk, version=1, **kept_by(world.colleague))
    grants.end(grant.pk, version=1, **kept_by(admin))
    elsewhere = make.official(make.municipality(), Role.ADMIN)
    abroad = elsewhere.municipality_roles.get().municipality_id
    for act in (
        lambda: grants.end(grant.pk, version=2, **kept_by(elsewhere)),
        lambda: grants.stand_in(world.director.pk, abroad, wanted, **kept_by(elsewhere)),
    ):
        with pytest.raises(Http404):
            act()


def test_nobody_of_another_municipality_and_no_closed_account_can_be_named(world: Away) -> None:
    closed = make.official(world.municipality, Role.VIEWER)
    make.change_user(closed, is_active=False)
    former = make.official(world.municipality, Role.VIEWER, valid_until=make.TODAY - DAY)
    for person in (make.World().manager, closed, former, world.manager):
        with pytest.raises(Invalid) as refused:
            grants.stand_in(world.manager.pk, world.municipality.pk, Standing(person.pk), **kept_by(world.manager))
        assert refused.value.field == "holder"
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ((make.TODAY, make.TODAY - DAY), "valid_until"),
        ((None, make.TODAY - DAY), "valid_until"),
        ((date(1021, 1, 1), None), "valid_from"),
    ],
)
def test_days_that_make_no_sense_are_refused(world: Away, days: tuple[date | None, date | None], field: str) -> None:
    wanted = Standing(world.colleague.pk, *days)
    with pytest.raises(Invalid) as refused:
        grants.stand_in(world.manager.pk, world.municipality.pk, wanted, **kept_by(world.manager))
    assert refused.value.field == field


def test_who_has_nothing_to_lend_names_nobody_and_two_at_once_are_one(world: Away) -> None:
    wanted = Standing(world.manager.pk)
    with pytest.raises(Invalid):
        grants.stand_in(world.colleague.pk, world.municipality.pk, wanted, **kept_by(world.colleague))
    world.stands_in_for(world.manager, valid_from=make.TODAY, valid_until=make.TODAY + 5 * DAY)
    wanted = Standing(world.colleague.pk, make.TODAY + 2 * DAY)
    with pytest.raises(Invalid) as refused:
        grants.stand_in(world.manager.pk, world.municipality.pk, wanted, **kept_by(world.manager))
    assert refused.value.field == "holder"


# Answering for named plans


def test_an_exception_lets_a_person_answer_for_named_plans_until_a_moment(world: Away) -> None:
    other = make.plan(make.action_item(world.goal, world.unit), world.period)
    with pytest.raises(Forbidden):
        grants.let_answer(world.colleague.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.manager))
    grants.let_answer(
        world.colleague.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.director, "kysely viivästyi")
    )
    scope = scope_of(world.colleague)
    second = timedelta(seconds=1)
    assert access.may_answer(scope, world.plan, world.round.pk, UNTIL - second)
    assert access.may_answer(scope, world.plan, world.round.pk, make.NOW).on_behalf is None
    assert access.excepted(scope, world.plan.pk, world.round.pk, UNTIL - second)
    assert not access.may_answer(scope, world.plan, world.round.pk, UNTIL)
    assert not access.may_answer(scope, other, world.round.pk, make.NOW)
    assert not access.may(scope, access.Verb.WORK, world.plan)
    assert access.may_answer(scope_of(world.manager), world.plan, world.round.pk, UNTIL)
    assert not access.excepted(scope_of(world.manager), world.plan.pk, world.round.pk, make.NOW)


def test_what_is_for_one_round_gives_nothing_in_another(world: Away) -> None:
    later = make.brought(make.round_days(world.strategy, 2022)["answers_due"].round, "open")
    audited.add(StatusReport(round=later, plan=world.plan), make.stamp())
    grants.let_answer(world.colleague.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.director, "kysely"))
    scope = scope_of(world.colleague)
    assert access.may_answer(scope, world.plan, world.round.pk, make.NOW)
    assert not access.may_answer(scope, world.plan, later.pk, make.NOW)
    assert not access.excepted(scope, world.plan.pk, later.pk, make.NOW)
    with pytest.raises(Forbidden):
        answers.send(later.pk, world.plan.pk, Answer("on_track", "Ohi."), version=1, **by(world.colleague))
    assert [row.round_id for row in mine(scope, make.TODAY)] == [world.round.pk]
    make.brought(later, "locked")
    with pytest.raises(Forbidden):
        corrections.correct(later.pk, world.plan.pk, Answer("on_track", "Ohi."), seen=0, **kept_by(world.colleague))


def test_what_is_handed_on_is_answered_in_the_givers_place_and_ends_with_their_role(world: Away) -> None:
    grants.hand_on(world.colleague.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.manager, "tunnet asian"))
    scope = scope_of(world.colleague)
    verdict = access.may_answer(scope, world.plan, world.round.pk, make.NOW)
    assert (verdict.role, verdict.on_behalf) == (Role.MANAGER, world.manager.pk)
    third = make.official(world.municipality, Role.VIEWER)
    with pytest.raises(Forbidden):
        grants.hand_on(third.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.colleague))
    audited.change(world.manager.memberships.get(), make.stamp(), valid_until=make.TODAY - DAY)
    refused = access.may_answer(scope, world.plan, world.round.pk, make.NOW)
    assert not refused
    assert refused.why == labels.may_not("answer")


def test_a_substitute_answers_and_hands_nothing_on(world: Away) -> None:
    world.stands_in_for(world.manager)
    assert (
        access.may_answer(scope_of(world.colleague), world.plan, world.round.pk, make.NOW).on_behalf == world.manager.pk
    )
    third = make.official(world.municipality, Role.VIEWER)
    with pytest.raises(Forbidden):
        grants.hand_on(third.pk, world.round.pk, [world.plan.pk], UNTIL, **kept_by(world.colleague))


def test_answering_is_refused_where_it_makes_no_sense(world: Away) -> None:
    foreign = make.World()
    tries: list[tuple[User, list[int], datetime, type[Exception]]] = [
        (world.colleague, [], UNTIL, Invalid),
        (world.colleague, [world.plan.pk], make.NOW, Invalid),
        (foreign.manager, [world.plan.pk], UNTIL, Invalid),
        (world.colleague, [foreign.plan.pk], UNTIL, Http404),
    ]
    for holder, named, until, error in tries:
        with pytest.raises(error):
            grants.let_answer(holder.pk, world.round.pk, named, until, **kept_by(world.director))
    assert not Grant.objects.exists()


# Through the API


def test_the_api_knows_the_substitute_too(world: Away) -> None:
    caller = Caller(world.colleague)
    assert caller.move(world.plan.pk, "start", 1).status_code == 403
    world.stands_in_for(world.manager)
    assert caller.move(world.plan.pk, "start", 1).status_code == 200
    assert StatusChange.objects.get().on_behalf_name.text == world.manager.name
    rows = caller.get(f"plans/{world.plan.pk}/transitions/").json()["transitions"]
    assert {row["name"] for row in rows if row["open"]} >= {"pause", "propose_completion"}


# What strategies consist of


def test_a_directors_substitute_keeps_the_structure_on_behalf_of_the_director(world: Away) -> None:
    values: dict[str, Any] = {"name_fi": "Uusi nimi"}
    with pytest.raises(Forbidden):
        changing.change(Goal, world.goal.pk, values, version=1, **kept_by(world.colleague))
    world.stands_in_for(world.director)
    changing.change(Goal, world.goal.pk, values, version=1, **kept_by(world.colleague))
    row = Goal.history.latest("history_id")
    assert (row.on_behalf_name.text, row.acted_as) == (world.director.name, "")
