"""The table of moves: what it says, and that services.plan.plans does exactly that."""

from datetime import timedelta
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, StatusChange, User
from toimenpiteet.services.errors import DomainError, MoveRefused, Stale
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import (
    BY_NAME,
    CLOSED,
    INITIAL,
    MOVES,
    OPEN,
    TAKE_BACK,
    TRANSITIONS,
    Refusal,
    Role,
    Status,
    Transition,
    allowed_pairs,
    available,
    why_not,
    why_not_take_back,
)

# docs/domain.md, "Status of a period plan", typed anew: the table is checked against it, not against itself.
RULES = {
    "start": ("not_started", "in_progress", "manager director", False),
    "pause": ("in_progress", "on_hold", "manager director", True),
    "resume": ("on_hold", "in_progress", "manager director", False),
    "propose_completion": ("in_progress", "awaiting_approval", "manager", True),
    "withdraw": ("awaiting_approval", "in_progress", "manager", False),
    "approve": ("awaiting_approval", "completed", "director", False),
    "send_back": ("awaiting_approval", "in_progress", "director", True),
    "discontinue": ("not_started in_progress on_hold", "discontinued", "director", True),
    "carry_over": ("not_started in_progress on_hold", "carried_over", "director", True),
    "reopen": ("completed discontinued carried_over", "in_progress", "director", True),
}
# The moves that bring a new plan to each status.
ROUTES: dict[Status, list[str]] = {
    Status.NOT_STARTED: [],
    Status.IN_PROGRESS: ["start"],
    Status.ON_HOLD: ["start", "pause"],
    Status.AWAITING_APPROVAL: ["start", "propose_completion"],
    Status.COMPLETED: ["start", "propose_completion", "approve"],
    Status.DISCONTINUED: ["discontinue"],
    Status.CARRIED_OVER: ["carry_over"],
}


def test_the_table_says_what_the_domain_says() -> None:
    table = {
        move.name: (
            " ".join(move.sources),
            move.target.value,
            " ".join(role for role in ("manager", "director") if role in move.roles),
            move.comment_required,
        )
        for move in TRANSITIONS
    }
    assert table == RULES


def test_a_move_without_a_role_is_open_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan = Transition("vanish", (Status.NOT_STARTED,), Status.COMPLETED, frozenset())
    monkeypatch.setitem(BY_NAME, "vanish", orphan)
    assert why_not("vanish", Status.NOT_STARTED, list(Role)) is Refusal.WRONG_ROLE


def test_every_status_is_open_or_closed_and_can_be_left() -> None:
    assert frozenset(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED
    assert {source for source, _ in allowed_pairs()} == set(Status)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_what_is_available_is_what_is_not_refused(status: Status, role: Role) -> None:
    offered = {move.name for move in available(status, [role])}
    expected = {
        name for name, (sources, _, roles, _) in RULES.items() if status in sources.split() and role in roles.split()
    }
    assert offered == expected


def test_the_first_reason_is_the_one_given() -> None:
    assert why_not("fly", Status.NOT_STARTED, [Role.DIRECTOR]) is Refusal.UNKNOWN_MOVE
    assert why_not("approve", Status.NOT_STARTED, [Role.VIEWER]) is Refusal.WRONG_STATUS
    assert why_not("start", Status.NOT_STARTED, [Role.VIEWER]) is Refusal.WRONG_ROLE
    assert why_not("start", Status.NOT_STARTED, [Role.CONTRIBUTOR]) is Refusal.WRONG_ROLE
    assert why_not("pause", Status.IN_PROGRESS, [Role.MANAGER], comment=" \n") is Refusal.COMMENT_MISSING
    assert why_not("pause", Status.IN_PROGRESS, [Role.MANAGER]) is None
    assert (
        why_not("carry_over", Status.ON_HOLD, [Role.DIRECTOR], comment="x", later_period=False)
        is Refusal.NO_LATER_PERIOD
    )


def _move(plan: PeriodPlan, name: str, person: User, comment: str = "Näin sovittiin.") -> StatusChange:
    plan.refresh_from_db()
    return plans.move(
        plan.pk,
        name,
        scope=access.scope_of(person, make.TODAY),
        actor=Actor.person(person, Door.PAGE),
        now=make.NOW,
        version=plan.version,
        comment=comment,
    )


def _world_at(status: Status) -> make.World:
    world = make.World()
    if status is Status.CARRIED_OVER:
        make.period(world.strategy, 2031, 2035)
    for name in ROUTES[status]:
        person = world.manager if "manager" in RULES[name][2] else world.director
        _move(world.plan, name, person)
    world.plan.refresh_from_db()
    assert world.plan.status == status
    return world


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "name"), list(product(Status, RULES)))
def test_every_move_from_every_status(status: Status, name: str) -> None:
    world = _world_at(status)
    make.period(world.strategy, 2041, 2045)
    sources, target, roles, _ = RULES[name]
    person = world.manager if roles == "manager" else world.director
    changes = StatusChange.objects.filter(plan=world.plan).count()
    if status in sources.split():
        change = _move(world.plan, name, person)
        world.plan.refresh_from_db()
        assert (change.from_status, change.to_status, world.plan.status) == (status, target, target)
        assert change.plan_version == world.plan.version
    else:
        with pytest.raises(MoveRefused) as refused:
            _move(world.plan, name, person)
        assert refused.value.refusal is Refusal.WRONG_STATUS
        world.plan.refresh_from_db()
        assert world.plan.status == status
        assert StatusChange.objects.filter(plan=world.plan).count() == changes


@pytest.mark.django_db
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("role", [*Role, None])
def test_every_move_by_every_role(name: str, role: Role | None) -> None:
    world = _world_at(Status(RULES[name][0].split()[0]))
    make.period(world.strategy, 2041, 2045)
    if role in {Role.MANAGER, Role.CONTRIBUTOR}:
        person = make.member(world.unit, role)
    else:
        # Somebody of the same municipality: an object of another one would not exist for them at all.
        person = make.official(world.municipality, role or Role.VIEWER)
    if role is not None and role in RULES[name][2].split():
        assert _move(world.plan, name, person).move == name
        return
    with pytest.raises(MoveRefused) as refused:
        _move(world.plan, name, person)
    assert refused.value.refusal is Refusal.WRONG_ROLE
    assert refused.value.http_status == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule[3]])
def test_a_missing_comment_leaves_everything_as_it_was(name: str) -> None:
    world = _world_at(Status(RULES[name][0].split()[0]))
    make.period(world.strategy, 2041, 2045)
    person = world.manager if "manager" in RULES[name][2] else world.director
    before = (world.plan.status, world.plan.version, world.plan.history.count())
    with pytest.raises(MoveRefused) as refused:
        _move(world.plan, name, person, comment="  \n ")
    assert refused.value.field == "comment"
    world.plan.refresh_from_db()
    assert (world.plan.status, world.plan.version, world.plan.history.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("comment", ["x" * 200_000, "kello\x07", "nolla\x00"])
def test_an_unusable_comment_is_refused_with_its_place(comment: str) -> None:
    world = _world_at(Status.IN_PROGRESS)
    with pytest.raises(DomainError) as refused:
        _move(world.plan, "pause", world.manager, comment=comment)
    assert refused.value.field == "comment"
    assert StatusChange.objects.filter(plan=world.plan).count() == 1


@pytest.mark.django_db
def test_a_comment_is_kept_as_it_was_typed() -> None:
    world = _world_at(Status.IN_PROGRESS)
    typed = "<script>alert(1)</script> {{ 7|add:7 }} {% now 'Y' %}\r\n=1+1"
    change = _move(world.plan, "pause", world.manager, comment=typed)
    assert change.comment == typed.replace("\r\n", "\n")


@pytest.mark.django_db
def test_the_second_of_two_who_saw_the_same_version_is_told() -> None:
    world = make.World()
    seen = world.plan.version
    _move(world.plan, "start", world.manager)
    with pytest.raises(Stale) as stale:
        plans.move(
            world.plan.pk,
            "discontinue",
            scope=access.scope_of(world.director, make.TODAY),
            actor=Actor.person(world.director, Door.PAGE),
            now=make.NOW,
            version=seen,
            comment="Ei enää tarpeen.",
        )
    assert stale.value.current.status == Status.IN_PROGRESS  # type: ignore[attr-defined]  # a plan here


@pytest.mark.django_db
def test_carrying_over_gives_the_item_a_plan_in_the_later_period() -> None:
    world = make.World()
    make.step(world.plan, text_fi="Tehty", done=True, done_on=make.TODAY)
    make.step(world.plan, text_fi="Tekemättä")
    later = make.period(world.strategy, 2031, 2035)
    _move(world.plan, "carry_over", world.director)
    plan = PeriodPlan.objects.get(item=world.item, period=later)
    assert plan.status == INITIAL
    assert [link.unit for link in plan.unit_links.all()] == [world.unit]
    assert [step.text for step in plan.steps.all()] == ["Tekemättä"]


@pytest.mark.django_db
def test_carrying_over_needs_a_later_period() -> None:
    world = make.World()
    with pytest.raises(MoveRefused) as refused:
        _move(world.plan, "carry_over", world.director)
    assert refused.value.refusal is Refusal.NO_LATER_PERIOD


@pytest.mark.django_db
def test_a_move_records_who_when_why_and_the_units_of_the_time() -> None:
    world = _world_at(Status.IN_PROGRESS)
    change = _move(world.plan, "pause", world.manager, comment="Odotetaan rahoitusta.")
    assert (change.actor_name.text, change.door, change.at) == (world.manager.name, Door.PAGE, make.NOW)
    assert (change.comment, change.units) == ("Odotetaan rahoitusta.", world.unit.name)
    newest = world.plan.history.first()
    assert (newest.status, newest.version, newest.actor_name.text, newest.history_change_reason) == (
        "on_hold",
        change.plan_version,
        world.manager.name,
        "Odotetaan rahoitusta.",
    )


def _diagram() -> str:
    out = StringIO()
    call_command("workflow_diagram", stdout=out)
    return out.getvalue().strip()


def test_the_diagram_in_the_docs_is_the_table() -> None:
    document = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
    assert _diagram() in document.read_text(encoding="utf-8"), "run: manage.py workflow_diagram --write"


def test_the_diagram_has_every_move() -> None:
    text = _diagram()
    for name, (sources, target, _, _) in RULES.items():
        for source in sources.split():
            assert any(f"{source} --> {target}: {name}" in line for line in text.splitlines())


@pytest.mark.parametrize(
    ("last", "own", "minutes", "roles", "refusal"),
    [
        ("start", True, 0, [Role.MANAGER], None),
        ("approve", True, 15, [Role.DIRECTOR], None),
        ("approve", True, 15.1, [Role.DIRECTOR], Refusal.TOO_LATE),
        ("approve", True, 1, [Role.MANAGER, Role.VIEWER], Refusal.LOST_ROLE),
        ("start", False, 1, [Role.DIRECTOR], Refusal.NOT_YOURS),
        ("take_back", True, 1, [Role.MANAGER], Refusal.NOTHING_TO_TAKE_BACK),
    ],
)
def test_when_a_move_is_taken_back(
    last: str, own: bool, minutes: float, roles: list[Role], refusal: Refusal | None
) -> None:
    assert why_not_take_back(last, own=own, since=timedelta(minutes=minutes), roles=roles) is refusal


def test_taking_back_is_no_move_of_the_table_and_opens_none() -> None:
    assert TAKE_BACK not in BY_NAME
    assert set(MOVES) == {*RULES, TAKE_BACK}
    assert (Status.IN_PROGRESS, Status.COMPLETED) not in allowed_pairs()
    assert (Status.IN_PROGRESS, Status.NOT_STARTED) not in allowed_pairs()
