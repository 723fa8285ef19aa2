"""What a snapshot of a round says: the shape that the lock freezes and every report is made of. Pure.

Everything is a text, a whole number, a truth value, None, a list or a table, as RFC 8785 needs it for one sequence of
bytes: days are ``YYYY-MM-DD``, instants RFC 3339 in UTC, decimals as they are written (``17.0`` stays ``17.0``). Codes
are those of the domain (``workflow.Status``, ``answers.Light``): their words are put in by who shows them. No person is
named.
"""

from typing import NotRequired, TypedDict

FORMAT = "toimenpiteet/snapshot/1"

Words = dict[str, str]
"""A text by language code (fi, sv, en), without those in which it is empty."""


class Logo(TypedDict):
    """The city's logo: the SHA-256 of its bytes, which are kept with its files, and what it shows, in words."""

    sha256: str
    words: Words


class Municipality(TypedDict):
    """Whose strategy it is; `language` is its own first language.

    What came later is missing where it was frozen before: whether what is told of it is invented (`demonstration`), and
    its look, the `colour`, the fixed `words` of its reports, and its `logo`, which is missing also where it has none.
    """

    key: str
    name: Words
    language: str
    demonstration: NotRequired[bool]
    colour: NotRequired[str]
    words: NotRequired[Words]
    logo: NotRequired[Logo]


class Strategy(TypedDict):
    """The strategy; `name` as the lists show it."""

    key: str
    name: Words


class Round(TypedDict):
    """The round: `kind` is one of ``round_days.RoundKind``; its days up to the lock, since those of bodies may move."""

    kind: str
    year: int
    status: str
    body: Words
    status_on: str
    opens_on: str
    answers_due_on: str
    review_ends_on: str


class Goal(TypedDict):
    """A goal, under its theme; `counting` is one of ``models.GoalCounting`` or empty."""

    key: str
    number: int | None
    name: Words
    theme: Words
    binding: bool
    counting: str
    counting_share: int | None


class Period(TypedDict):
    """A plan period, with its first and last year."""

    key: str
    name: Words
    start_year: int
    end_year: int


class Unit(TypedDict):
    """A responsible unit by the name that it has now."""

    key: str
    name: Words


class Step(TypedDict):
    """A step; `date_kind` says what its date means (``models.DateKind``), '' without one."""

    text: Words
    done: bool
    done_on: str | None
    due_on: str | None
    due_precision: str
    date_kind: str


class Evidence(TypedDict):
    """What was put beside an answer: a link (`url`), or a file by its name and the SHA-256 of its bytes.

    What is not `public` is for people of the municipality.
    """

    name: str
    url: str
    file: str
    sha256: str
    public: bool


class Answer(TypedDict):
    """What was said of a plan in the round, and what the review made of it; nothing said: `said` is ``nothing``.

    `role` is that in which it was said (``workflow.Role``), '' where nothing was, `unit` that in which they held it.
    Where it cannot be assessed, `unknown_because` is one of ``answers.Unknown`` and `known_on` when it will be known.
    These and the unit are missing where it was frozen before they were kept.
    """

    said: str
    review: str
    light: str
    text: str
    cause: str
    next_step: str
    unknown_because: NotRequired[str]
    known_on: NotRequired[str | None]
    answered_at: str | None
    role: str
    unit: NotRequired[Words | None]
    review_text: str
    evidence: list[Evidence]


class Before(TypedDict):
    """How a plan stood when the round before ended: its answer there and its status then."""

    kind: str
    year: int
    said: str
    light: str
    text: str
    status: str


class Computed(TypedDict):
    """The light that the dates, steps and silence give, with the reasons (``computed_light.Reason``)."""

    light: str
    because: list[str]


class Late(TypedDict):
    """Why a plan is overdue (``selectors.plan.lateness``) and since which day."""

    because: str
    since: str


class Plan(TypedDict):
    """An action item's plan in one period, whole; in the order of the document.

    `asked` tells that the round expects an answer of it; `reminded_at` when somebody was told of that by mail.
    `first_due_on` is the due date that it had first, where it has moved since. `achieved` are the words with which one
    was proposed as completed that is completed or awaits approval.
    """

    item: str
    goal: str
    name: Words
    period: Period
    text: Words
    status: str
    due_on: str | None
    due_precision: str
    first_due_on: str | None
    deadline_on: str
    late: Late | None
    units: list[Unit]
    projects: list[Words]
    budget_lines: list[Words]
    means: list[Words]
    steps: list[Step]
    asked: bool
    asked_at: str | None
    reminded_at: list[str]
    answer: Answer | None
    before: Before | None
    computed: Computed | None
    source: str
    achieved: NotRequired[str]


class ChangeSays(TypedDict):
    """What a plan says, or would say, of that which changes; `text` is in the municipality's own language."""

    due_on: str | None
    due_precision: str
    text: str
    unit: Words | None


class Change(TypedDict):
    """A change of the plan of `item` in `period` that awaits a decision, or was decided in the year of the round.

    `kind` is one of ``change_requests.ChangeKind``, `status` of ``ChangeStatus``; `role` is that in which it was
    proposed, `unit` that in which they held it. A body's decision has its day.
    """

    item: str
    period: str
    kind: str
    status: str
    was: ChangeSays
    proposed: ChangeSays
    cause: str
    effect: str
    proposed_at: str
    role: str
    unit: NotRequired[Words | None]
    decided_at: str | None
    decision: str
    body: str
    body_on: str | None
    section: str
    register_number: str


class Assessment(TypedDict):
    """What becomes of the goal `goal`: a forecast in the round of the budget, else the result of the year.

    `outcome` is one of ``answers.Outcome``. `foreseen` is what the forecast of the same year said, '' without one.
    `unknown_because` and `known_on` as of an ``Answer``.
    """

    goal: str
    outcome: str
    grounds: str
    unknown_because: NotRequired[str]
    known_on: NotRequired[str | None]
    foreseen: str
    evidence: list[Evidence]


class Decision(TypedDict):
    """An earlier decision of a body, or a recommendation of the auditors (`kind`), and what became of it.

    One without `done_on` is open. The newest first, those that are open before those done in the year of the round.
    """

    kind: str
    name: Words
    body: str
    decided_on: str
    section: str
    register_number: str
    unit: Words | None
    outcome: Words
    done_on: str | None


class Figure(TypedDict):
    """A figure of an indicator: a decimal as a text, None where the year has no data; `year` None where not known."""

    year: int | None
    kind: str
    value: str | None
    next_expected_on: str | None
    doubt: str


class Target(TypedDict):
    """A target: `operator` and `standing` of ``models.IndicatorTarget``.

    `set_in` is the document or decision in which it was set, missing where it was frozen before that was kept.
    """

    operator: str
    value: str | None
    by_year: int | None
    standing: str
    set_in: NotRequired[str]
    note: Words


class Indicator(TypedDict):
    """An indicator with its figures, the oldest first, and targets."""

    key: str
    name: Words
    goal: str | None
    unit_of_measure: str
    better: str
    origin: str
    figures: list[Figure]
    targets: list[Target]


class WholePlan(TypedDict):
    """The plan of a strategy, every period, as it was at `frozen_at`."""

    frozen_at: str
    municipality: Municipality
    strategy: Strategy
    goals: list[Goal]
    plans: list[Plan]


class Snapshot(WholePlan):
    """All that a report of the round says. `frozen_at` is the instant of the lock; of a draft, when it was read.

    `changes`, `assessments` and `decisions` are missing where it was frozen before they were kept.
    """

    format: str
    round: Round
    indicators: list[Indicator]
    changes: NotRequired[list[Change]]
    assessments: NotRequired[list[Assessment]]
    decisions: NotRequired[list[Decision]]
