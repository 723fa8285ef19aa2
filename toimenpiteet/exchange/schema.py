"""The shape of a bundled strategy file (``toimenpiteet/data/*.yaml``), said once.

Strict: an unknown field, a wrong type or a control character is an error, so that a typing mistake is never half
loaded. ``docs/data-format.md`` explains the fields; what no single field can tell is in ``strategy.checking``. Lengths
are those of the database columns.
"""

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from toimenpiteet.exchange.values import (
    DueText,
    Entry,
    Heading,
    Key,
    Keywords,
    Kind,
    Language,
    Line,
    Localized,
    Measure,
    Name,
    Number,
    Ordinal,
    PeriodName,
    RuleText,
    ShortLine,
    Source,
    StartText,
    Text,
    Year,
)
from toimenpiteet.languages import DEFAULT


class Sourced(Entry):
    """An entry that tells where in the documents it stands, and what the scan leaves in doubt."""

    source: Source | None = None
    doubt: Text | None = None


class Municipality(Entry):
    """The owner of the strategy."""

    key: Key
    name: Name
    language: Language = DEFAULT


class Unit(Sourced):
    """A vastuutaho. ``members`` only for groups; ``members_kind`` makes the group follow every unit of a kind."""

    key: Key
    name: Name
    kind: Literal["service_area", "sector", "unit", "body", "role", "group"]
    parent: Key | None = None
    aliases: list[ShortLine] = []
    members: list[Key] = []
    members_kind: Literal["service_area", "sector"] | None = None
    asked: bool | None = None
    successor: Key | None = None
    successor_kind: Literal["renamed", "merged", "split"] | None = None
    valid_from: StartText | None = None
    valid_until: DueText | None = None

    @model_validator(mode="after")
    def _says_how_it_ended(self) -> Self:
        if (self.successor is None) != (self.successor_kind is None):
            raise PydanticCustomError("successor_kind", "one of the two is missing")
        return self


class BudgetLine(Sourced):
    """A line of the budget."""

    key: Key
    name: Name


class Project(Sourced):
    """A hanke, under the spelling that the documents use most."""

    key: Key
    name: Name
    kind: Literal["project", "programme", "research", "system", "service", "model", "other"] = "project"
    aliases: list[ShortLine] = []
    start_year: Year | None = None
    end_year: Year | None = None
    funding: Line | None = None
    budget_line: Key | None = None
    description: Localized | None = None


class Value(Sourced):
    """One figure. ``year`` only when the source gives it; otherwise ``position`` keeps the reading order."""

    year: Year | None = None
    position: Annotated[int, Field(ge=1, le=100)] | None = None
    kind: Literal["TP", "preliminary", "TA", "TS", "KS", "estimate", "survey", "unknown"]
    value: Number | None = None
    no_data: bool = False
    next_expected: DueText | None = None
    note: Localized | None = None


class Target(Sourced):
    """``op`` 'none' says that the source names the indicator but sets no target yet.

    ``above`` names the indicator with which 'above' compares; where it is none of the file's, the note says what.
    """

    op: Literal["lt", "le", "eq", "ge", "gt", "change", "change_percent", "above", "none"]
    value: Number | None = None
    above: Key | None = None
    by_year: Year | None = None
    standing: Literal["agreed", "draft", "proposed"]
    set_in: Annotated[str, StringConstraints(max_length=200)] = ""
    note: Localized | None = None


class Indicator(Sourced):
    """``origin`` is who measured it, as the source says (such as 'Tilastokeskus')."""

    key: Key
    name: Heading
    perspective: Literal["economy", "effectiveness", "performance"] | None = None
    unit_of_measure: Measure | None = None
    better: Literal["higher", "lower"] | None = None
    origin: Line | None = None
    note: Localized | None = None
    values: list[Value] = []
    targets: list[Target] = []


class Step(Sourced):
    """One concrete thing inside a plan; its date, if any, stands in the field that says what it means."""

    key: Key
    text: Localized
    due: DueText | None = None
    happened: DueText | None = None
    in_force_from: DueText | None = None
    starts: DueText | None = None
    ends: DueText | None = None
    unit: Key | None = None

    @property
    def dates(self) -> dict[str, str]:
        """Return the dates that are given, by what they mean; one at most in a file without mistakes."""
        return {kind: text for kind in DATE_KINDS if (text := getattr(self, kind))}


DATE_KINDS = ("due", "happened", "in_force_from", "starts", "ends")


class Means(Sourced):
    """What a plan uses and nobody can do."""

    key: Key
    text: Localized


class Plan(Sourced):
    """One period half of a row. ``units`` in the order in which the document names them."""

    period: Key
    text: Localized
    due: DueText | None = None
    units: list[Key] = []
    projects: list[Key] = []
    budget_lines: list[Key] = []
    steps: list[Step] = []
    means: list[Means] = []


class Item(Sourced):
    """A row. ``lead_stated`` is false where the document does not say who leads and the first unit is taken.

    ``keywords`` are words and names of the document, parted by commas.
    """

    key: Key
    name: Heading
    keywords: Keywords | None = None
    lead: Key
    lead_stated: bool = False
    linked_goals: list[Key] = []
    plans: Annotated[list[Plan], Field(min_length=1)]


class Goal(Sourced):
    """A goal under a theme; ``keywords`` as those of an item."""

    key: Key
    number: Ordinal | None = None
    name: Heading
    keywords: Keywords | None = None
    owner: Key | None = None
    binding: bool = False
    counting: Literal["all", "any", "share"] | None = None
    counting_share: Annotated[int, Field(ge=1, le=100)] | None = None
    items: list[Item] = []
    indicators: list[Indicator] = []


class SuccessFactor(Sourced):
    """A critical success factor under a theme."""

    key: Key
    number: Ordinal | None = None
    name: Heading


class Theme(Sourced):
    """A branch of the strategy; ``kind`` is the strategy's own word for it, such as 'näkökulma' or 'kasvukärki'."""

    key: Key
    kind: Kind
    number: Ordinal | None = None
    name: Heading
    slogan: Heading | None = None
    focus: Heading | None = None
    description: Localized | None = None
    success_factors: list[SuccessFactor] = []
    goals: list[Goal] = []
    indicators: list[Indicator] = []
    themes: list["Theme"] = []


class CoreValue(Sourced):
    """A value of the municipality."""

    key: Key
    name: Name
    explanation: Localized | None = None


class Part(Sourced):
    """A part that is none of the others: what the vision means, the situation, how it is carried out."""

    key: Key
    kind: Literal["vision", "situation", "principle", "implementation", "programmes", "foundation"]
    name: Heading
    text: Localized | None = None


class Event(Sourced):
    """A step of the process that made the strategy; ``start`` only where a span is given."""

    key: Key
    kind: Literal["survey", "seminar", "draft", "decision", "review", "other"]
    name: Heading
    start: StartText | None = None
    end: DueText
    participants: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    note: Localized | None = None


class FollowUp(Sourced):
    """One line of the follow-up rhythm; ``per_year`` empty when continuous."""

    key: Key
    text: Localized
    body: ShortLine | None = None
    per_year: Annotated[int, Field(ge=1, le=52)] | None = None


class CalendarEntry(Entry):
    """The rule of one day of the rounds; in the short form, `month` and `day`, by when the council has it."""

    kind: Literal["annual_report", "budget"]
    which: Literal["status_day", "opens", "answers_due", "review_ends", "lock", "agenda", "board", "council"] = (
        "council"
    )
    rule: RuleText | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    body: Name | None = None
    stated: bool = True
    basis: Line = ""


class Period(Entry):
    """A plan period; both years belong to it."""

    key: Key
    name: PeriodName
    start_year: Year
    end_year: Year


class Programme(Sourced):
    """A programme that carries out the strategy."""

    key: Key
    name: Heading
    start_year: Year | None = None
    end_year: Year | None = None
    status: Literal["in_preparation", "in_force", "ended"] | None = None
    prepared_by: Line | None = None
    approved_by: Line | None = None
    description: Localized | None = None
    themes: list[Key] = []
    indicators: list[Indicator] = []
    follow_up: Localized | None = None


class Strategy(Sourced):
    """The strategy itself and all its parts."""

    key: Key
    name: Heading
    slogan: Heading | None = None
    start_year: Year | None = None
    end_year: Year | None = None
    status: Literal["draft", "adopted", "ended"]
    decided_by: Name | None = None
    decided_on: DueText | None = None
    mission: Localized | None = None
    vision: Localized | None = None
    vision_number: Annotated[int, Field(ge=-2_000_000_000, le=2_000_000_000)] | None = None
    vision_year: Year | None = None
    follows: Key | None = None
    shift_deadlines: bool = True
    success_factors_called: Kind | None = None
    retold: bool = False
    rounds_from: StartText | None = None
    periods: list[Period] = []
    calendar: list[CalendarEntry] = []
    parts: list[Part] = []
    values: list[CoreValue] = []
    events: list[Event] = []
    follow_up: list[FollowUp] = []
    themes: list[Theme] = []
    indicators: list[Indicator] = []
    programmes: list[Programme] = []


class Document(Entry):
    """A source document, named by the number under which entries cite it; `lines` is how many lines it has."""

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    title: Line
    lines: Annotated[int, Field(ge=1)] | None = None


class StrategyFile(Entry):
    """One whole file."""

    format: Literal[1]
    documents: list[Document] = []
    municipality: Municipality
    units: list[Unit] = []
    budget_lines: list[BudgetLine] = []
    projects: list[Project] = []
    strategy: Strategy
