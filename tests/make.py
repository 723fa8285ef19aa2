"""Plain builders: one function per thing, everything overridable, the same few people everywhere."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.db import transaction

from toimenpiteet.models import (
    ActionItem,
    Actor,
    CalendarEntry,
    ChangeRequest,
    Door,
    Evidence,
    Goal,
    Grant,
    GroupMember,
    Indicator,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    PlanPeriod,
    PlanProject,
    PlanUnit,
    Programme,
    ProgrammeStrategy,
    Project,
    RecordedName,
    ReportingRound,
    RoundDay,
    StatusReport,
    Step,
    Strategy,
    Theme,
    Unit,
    UnitHandover,
    User,
)
from toimenpiteet.round_moves import RoundStatus, next_move
from toimenpiteet.services import audited, search
from toimenpiteet.services.people import names
from toimenpiteet.workflow import Role

NOW = datetime(2021, 3, 15, 9, 0, tzinfo=UTC)
TODAY = date(2021, 3, 15)
PASSWORD = "kevätjää-ja-hauki-7"  # of invented people
_numbers = count(1)


def stamp(reason: str = "rakennetaan testiä varten", at: datetime = NOW) -> Any:
    """Return a system stamp."""
    return audited.stamp(Actor.system("testit", Door.COMMAND), reason, at)


def name(text: str, kind: str = "person", person: int | None = None) -> RecordedName:
    """Return a recorded name."""
    return RecordedName.objects.get(pk=names.find_or_make(names.Wanted(kind, text, person))[0])


def _key(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


def municipality(**fields: Any) -> Municipality:
    """Make a municipality."""
    values = {"key": _key("kunta"), "name_fi": "Mallila"} | fields
    return audited.add(Municipality(**values), stamp())


def unit(owner: Municipality, name: str = "Tietohallinto", **fields: Any) -> Unit:
    """Make a unit with a mailbox."""
    key = fields.pop("key", _key("yksikko"))
    values = {"kind": "unit", "email": f"{key}@mallila.example"} | fields
    made = audited.add(Unit(municipality=owner, key=key, name_fi=name, **values), stamp())
    if made.successor is not None:
        audited.add(UnitHandover(unit=made, successor=made.successor, kind=UnitHandover.Kind.RENAMED), stamp())
    return made


def group_member(group: Unit, member: Unit) -> GroupMember:
    """Put a unit into a group."""
    return audited.add(GroupMember(group=group, unit=member), stamp())


def strategy(owner: Municipality, **fields: Any) -> Strategy:
    """Make a published, adopted strategy."""
    values = {
        "key": _key("strategia"),
        "name_fi": "Mallilan strategia",
        "status": "adopted",
        "published": True,
    } | fields
    return audited.add(Strategy(municipality=owner, **values), stamp())


def period(of: Strategy, start: int = 2021, end: int = 2030, **fields: Any) -> PlanPeriod:
    """Make a plan period."""
    name = str(start) if start == end else f"{start}–{end}"
    values = {"key": f"{start}-{end}", "name_fi": name, "start_year": start, "end_year": end} | fields
    return audited.add(PlanPeriod(strategy=of, **values), stamp())


def theme(of: Strategy, **fields: Any) -> Theme:
    """Make a theme."""
    values = {"key": _key("teema"), "kind_fi": "teema", "name_fi": "Sujuva toiminta"} | fields
    return audited.add(Theme(strategy=of, **values), stamp())


def goal(under: Theme, **fields: Any) -> Goal:
    """Make a goal."""
    values = {"key": _key("tavoite"), "number": 1, "name_fi": "Palvelut kehittyvät"} | fields
    return audited.add(Goal(theme=under, strategy=under.strategy, **values), stamp())


def action_item(of: Goal, lead: Unit, **fields: Any) -> ActionItem:
    """Make an action item without plans."""
    values = {"key": _key("toimenpide"), "name_fi": "Digitalisaation tiekartta"} | fields
    return audited.add(
        ActionItem(municipality=of.strategy.municipality, strategy=of.strategy, goal=of, lead_unit=lead, **values),
        stamp(),
    )


def plan(item: ActionItem, during: PlanPeriod, units: list[Unit] | None = None, **fields: Any) -> PeriodPlan:
    """Make a plan for which `units` (by default the item's lead unit) are responsible."""
    values = {"key": during.key, "text_fi": "Laaditaan tiekartta."} | fields
    made = audited.add(PeriodPlan(municipality=item.municipality, item=item, period=during, **values), stamp())
    for order, responsible in enumerate(units or [item.lead_unit]):
        audited.add(PlanUnit(plan=made, unit=responsible, order=order), stamp())
    return made


def moved(who: User, plan: PeriodPlan, name: str, at: datetime, version: int = 1, comment: str = "") -> None:
    """Let a person make a move, as on a page."""
    from toimenpiteet import access
    from toimenpiteet.services.plan import plans

    scope, actor = access.scope_of(who, TODAY), Actor.person(who, Door.PAGE)
    plans.move(plan.pk, name, scope=scope, actor=actor, now=at, version=version, comment=comment)


def round_days(of: Strategy, year: int = 2021) -> dict[str, RoundDay]:
    """Make the budget round of a year with its days, where it is not there; return them by which day they are."""
    from toimenpiteet.services.rounds import rounds

    if not CalendarEntry.objects.filter(strategy=of, kind="budget").exists():
        audited.add(CalendarEntry(strategy=of, kind="budget", which="council", rule="last mon 11-17"), stamp())
    rounds.ensure_rounds(of, years=[year], actor=Actor.system("testit", Door.COMMAND), now=NOW)
    days = RoundDay.objects.filter(round__strategy=of, round__kind="budget", round__year=year)
    return {day.which: day for day in days}


def brought(row: ReportingRound, status: str, at: datetime = NOW) -> ReportingRound:
    """Bring a round to a status, move by move."""
    while row.status != status:
        move = next_move(RoundStatus(row.status))
        assert move is not None, f"no way from {row.status} to {status}"
        audited.change(row, stamp(at=at), status=move.target.value)
    return row


def asked(of: PeriodPlan) -> StatusReport:
    """Open the budget round of 2021 and expect an answer about a plan."""
    row = brought(round_days(of.item.strategy)["answers_due"].round, "open")
    return audited.add(StatusReport(round=row, plan=of), stamp())


def evidence(of: StatusReport, **fields: Any) -> Evidence:
    """Put a link beside an answer."""
    values = {"name": "Kysely", "url": "https://mallila.example/kysely"} | fields
    return audited.add(Evidence(round=of.round, plan=of.plan, **values), stamp())


def change_request(of: PeriodPlan, **fields: Any) -> ChangeRequest:
    """Propose that a plan ends."""
    values = {"kind": "ending", "cause": "Rahoitus loppui.", "effect": "Työ päättyy.", "proposed_at": NOW} | fields
    return audited.add(ChangeRequest(plan=of, **values), stamp())


def step(of: PeriodPlan, **fields: Any) -> Step:
    """Make a step."""
    values = {"key": _key("osatoimenpide"), "text_fi": "Kysely asiakkaille"} | fields
    values.setdefault("date_kind", "due" if values.get("due_on") else "")
    return audited.add(Step(plan=of, **values), stamp())


def project(serving: PeriodPlan, **fields: Any) -> Project:
    """Make a project that serves a plan."""
    values = {"key": _key("hanke"), "name_fi": "Datajalostamo"} | fields
    made = audited.add(Project(municipality=serving.municipality, **values), stamp())
    audited.add(PlanProject(plan=serving, project=made), stamp())
    return made


def programme(of: Strategy, **fields: Any) -> Programme:
    """Make a programme that carries a strategy out."""
    values = {"key": _key("ohjelma"), "name_fi": "Digiohjelma"} | fields
    made = audited.add(Programme(municipality=of.municipality, **values), stamp())
    audited.add(ProgrammeStrategy(programme=made, strategy=of), stamp())
    return made


def indicator(of: Strategy, **fields: Any) -> Indicator:
    """Make an indicator without figures."""
    values = {"key": _key("mittari"), "name_fi": "Väkiluku"} | fields
    return audited.add(Indicator(strategy=of, **values), stamp())


def user(name: str = "Maija Mallikas", **fields: Any) -> User:
    """Make a person who can sign in with PASSWORD."""
    email = fields.pop("email", f"{_key('henkilo')}@mallila.example")
    return audited.add(User.objects.build(email, fields.pop("password", PASSWORD), name=name, **fields), stamp())


def change_user(who: User, **values: Any) -> None:
    """Change an account on record, whatever a service would say of it; `who` stays as it is."""
    with transaction.atomic():
        audited.change(audited.lock(User.objects.all(), who.pk), stamp(), **values)


def member(of: Unit, role: Role = Role.MANAGER, **fields: Any) -> User:
    """Make a person with a role in a unit."""
    who = fields.pop("user", None) or user()
    audited.add(Membership(user=who, unit=of, role=role.value, **fields), stamp())
    return who


def official(of: Municipality, role: Role = Role.DIRECTOR, **fields: Any) -> User:
    """Make a person with a role in a municipality."""
    who = fields.pop("user", None) or user("Teppo Testaaja")
    audited.add(MunicipalityRole(user=who, municipality=of, role=role.value, **fields), stamp())
    return who


def substitution(absent: User, holder: User, owner: Municipality, **fields: Any) -> Grant:
    """Let a person stand in for another in a municipality."""
    values = {"kind": "substitution", "why": "loma"} | fields
    return audited.add(Grant(municipality=owner, on_behalf_of=absent, holder=holder, **values), stamp())


class World:
    """One municipality with a strategy, a plan, a manager and a director; enough for most tests."""

    def __init__(self) -> None:
        with search.gathered():
            self._build()

    def _build(self) -> None:
        self.municipality = municipality()
        self.unit = unit(self.municipality)
        self.strategy = strategy(self.municipality)
        self.earlier = period(self.strategy, 2020, 2020)
        self.period = period(self.strategy)
        self.theme = theme(self.strategy)
        self.goal = goal(self.theme)
        self.item = action_item(self.goal, self.unit)
        self.plan = plan(self.item, self.period)
        self.manager = member(self.unit)
        self.director = official(self.municipality)
