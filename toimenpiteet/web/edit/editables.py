"""What can be edited: for each kind of row its fields, their help, what it is linked to and what stands under it.

One declaration per kind of row and one set of pages for all (see pages.py); the words are those of docs/domain.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import models
from toimenpiteet.labels import Label
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Audited
from toimenpiteet.models.people import Sourced
from toimenpiteet.services import rules
from toimenpiteet.services.changing import Links
from toimenpiteet.translation import TRANSLATED
from toimenpiteet.web.edit.linked import Linked, linked, spellings


@dataclass(frozen=True)
class Editable:
    """One kind of row. `word` stands in addresses; `above` is the kind of row that it belongs to.

    `moves` names the key by which it moves within its strategy; `fixed` is chosen once, when the row is made.
    """

    name: str
    word: str
    model: type[Audited]
    fields: tuple[str, ...]
    above: str = ""
    help: Mapping[str, Label] = field(default_factory=dict)
    linked: tuple[Linked, ...] = ()
    parts: tuple[str, ...] = ()
    moves: str = ""
    fixed: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """Return the key to the row that it belongs to ("" for the municipality itself)."""
        return rules.PARENT.get(self.model, "")

    @property
    def label(self) -> str:
        """Return what it is called, in the active language."""
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        """Return what several are called, in the active language."""
        return str(self.model._meta.verbose_name_plural)

    @property
    def translated(self) -> tuple[str, ...]:
        """Return the fields that exist in three languages."""
        return TRANSLATED.get(self.model, ())

    @property
    def sourced(self) -> tuple[str, ...]:
        """Return the fields that say where a row stands in a document."""
        return ("source", "doubt") if issubclass(self.model, Sourced) else ()

    @property
    def path(self) -> str:
        """Return the way from a row to its municipality, as a query takes it ("" for the municipality itself)."""
        return "__".join(name for name in (self.parent, EDITABLES[self.above].path if self.above else "") if name)

    def columns(self, *, making: bool) -> list[str]:
        """Return the model's columns behind the fields of the form, each text in its three languages."""
        names = [*(self.fixed if making else ()), *self.fields, *self.sourced]
        spread = (columns_for(name) if name in self.translated else [name] for name in names)
        return [column for columns in spread for column in columns]

    def owned(self) -> list[Links]:
        """Return the links that go when the row goes."""
        return [linked.links for linked in self.linked]


_NAME_HELP = _("As it stands in the decision. Others see it everywhere, so keep it short.")
_YEARS: dict[str, Label] = {"end_year": _("The last year is included. Leave both empty when they are not known.")}
_DUE: dict[str, Label] = {
    "due_on": _("Any day of the month, season or year will do when you choose one of these below."),
    "due_precision": _("How exactly the decision states it. It is shown in words at this precision."),
}
_NUMBER: dict[str, Label] = {"number": _("Only if the document numbers it. Putting rows in order never changes it.")}
_DECIMALS = _("How many the document prints: 17,0 has one. Empty: as many as the figure needs.")
_KEYWORDS: dict[str, Label] = {
    "keywords": _("Words and names of the document that the name does not have. Search finds by them.")
}
_ALL = (
    Editable(
        "municipality",
        "kunta",
        models.Municipality,
        (
            *("name", "language", "colour", "logo_words", "report_words", "function_class", "retention"),
            *("quiet_days", "answer_by_link", "synonyms"),
        ),
        help={"language": _("Names are required in this language; the others can be added when they are known.")},
        parts=("strategy", "programme", "project", "budget-line", "unit"),
    ),
    Editable(
        "unit",
        "vastuutaho",
        models.Unit,
        ("name", "kind", "member_kind", "parent", "asked", "email", "language", "valid_from"),
        above="municipality",
        help={
            "name": _("A mere spelling is corrected here. A new name from a day on has its own page."),
            "member_kind": _("For groups only: the group then always has every unit of this kind in it."),
            "parent": _("The unit above. What it is responsible for reaches the people of this one too."),
            "asked": _("When nothing is chosen, bodies and roles are not asked. What was asked already stays asked."),
            "email": _("The unit's own mailbox: it gets the mail when nobody is named."),
            "language": _("The language of the mails to the mailbox."),
        },
        linked=(
            linked(
                "members",
                _("members of the group"),
                models.GroupMember,
                ("group", "unit"),
                help=_("For groups only. What the group is responsible for reaches each member."),
                when=("kind", "group"),
            ),
            spellings(models.UnitAlias, "unit"),
        ),
    ),
    Editable(
        "strategy",
        "strategia",
        models.Strategy,
        (
            *("name", "slogan", "start_year", "end_year", "status", "published", "mission", "vision", "vision_number"),
            *("vision_year", "decided_by", "decided_on", "decided_on_precision", "follows", "shift_deadlines"),
            *("rounds_from", "documents", "retold", "success_factors_called", "remind_on_opening", "remind_before"),
            *("remind_after", "remind_above", "remind_due"),
        ),
        above="municipality",
        help={
            "name": _NAME_HELP,
            **_YEARS,
            "published": _("Everybody sees a published strategy and its plans, without signing in."),
            "vision_number": _("When the vision names a number to reach, such as a number of inhabitants."),
            "follows": _("The earlier strategy that this one takes over from."),
            "shift_deadlines": _("A deadline on a day off is then kept on the next working day."),
            "rounds_from": _("Rounds whose answers are due before this day do not open by themselves. Empty: all do."),
            "documents": _("What this was read from, one document to a line."),
            "success_factors_called": _("In the words of the strategy. Empty: critical success factors."),
            "retold": _("Pages then say that the texts are not those of the documents, and where these stand."),
            "remind_before": _("Working days before the day of answers, such as 10, 3, 1. None before the opening."),
            "remind_after": _("Working days after it, such as 1, 5. None when the review has ended."),
            "remind_above": _("So many working days after it who leads the unit above is told instead. Empty: nobody."),
            "remind_due": _("Working days before the due date of an action item or a step. Empty: no reminder."),
        },
        parts=(
            *("theme", "period", "core-value", "indicator", "part", "follow-up", "event", "calendar-entry"),
            "followed-decision",
        ),
    ),
    Editable(
        "period",
        "suunnitelmakausi",
        models.PlanPeriod,
        ("name", "start_year", "end_year"),
        above="strategy",
        help={"end_year": _("Plans without a due date of their own are due at the end of this year.")},
    ),
    Editable(
        "core-value",
        "arvo",
        models.CoreValue,
        ("name", "explanation"),
        above="strategy",
    ),
    Editable(
        "part",
        "osa",
        models.StrategyPart,
        ("kind", "name", "text"),
        above="strategy",
    ),
    Editable(
        "follow-up",
        "seuranta",
        models.FollowUp,
        ("text", "body", "per_year"),
        above="strategy",
        help={"per_year": _("Leave it empty when the follow-up is continuous.")},
    ),
    Editable(
        "event",
        "vaihe",
        models.ProcessEvent,
        ("kind", "name", "start_on", "end_on", "end_on_precision", "participants", "note"),
        above="strategy",
    ),
    Editable(
        "calendar-entry",
        "maaraaika",
        models.CalendarEntry,
        ("kind", "which", "rule", "body", "stated", "basis"),
        above="strategy",
        help={
            "which": _("A day without an entry of its own has the default rule. Rounds that are made keep their days."),
            "rule": _(
                "A month and day: 12-31. A month's first or last working day: first working-day 09, last working-day "
                "01. Working days after or before another day: +15 opens, -6 board, +1 01-06. A Monday: 2 mon 06, "
                "last mon 03-28 (the last one up to that day). Not held: never. The other days: status_day, opens, "
                "answers_due, review_ends, lock, agenda, board, council."
            ),
            "body": _("Whom the round goes to on this day: for the days of the board and the council."),
        },
    ),
    Editable(
        "followed-decision",
        "paatos",
        models.FollowedDecision,
        (*("kind", "name", "body", "decided_on", "section", "register_number", "unit", "outcome", "done_on"),),
        above="strategy",
        help={
            "name": _("In a sentence. The report to the board follows it up until it is done."),
            "body": _("Such as the city board, or the audit committee that recommends."),
            "outcome": _("What has been done so far, or was done. Without a day of being done it stays open."),
        },
    ),
    Editable(
        "theme",
        "teema",
        models.Theme,
        ("kind", "number", "name", "slogan", "focus", "description", "parent"),
        above="strategy",
        help={
            "kind": _("What the strategy calls its themes, such as a perspective or a cornerstone."),
            **_NUMBER,
            "parent": _("The theme above, when this one is a part of it."),
        },
        parts=("goal", "success-factor"),
    ),
    Editable(
        "success-factor",
        "menestystekija",
        models.SuccessFactor,
        ("number", "name"),
        above="theme",
        help=_NUMBER,
        moves="theme",
    ),
    Editable(
        "goal",
        "tavoite",
        models.Goal,
        ("number", "name", "keywords", "owner", "binding", "counting", "counting_share"),
        above="theme",
        help={"name": _NAME_HELP, **_NUMBER, **_KEYWORDS},
        parts=("item",),
        moves="theme",
    ),
    Editable(
        "item",
        "toimenpide",
        models.ActionItem,
        ("name", "keywords", "lead_unit", "lead_stated"),
        above="goal",
        help={
            "name": _NAME_HELP,
            **_KEYWORDS,
            "lead_unit": _("The one unit that leads. Who is responsible in each period is said in the plans."),
        },
        linked=(linked("goals", _("Serves these goals too"), models.LinkedGoal, ("item", "goal")),),
        parts=("plan",),
        moves="goal",
    ),
    Editable(
        "plan",
        "suunnitelma",
        models.PeriodPlan,
        ("text", "due_on", "due_precision"),
        above="item",
        help={
            "text": _("What is done in this period, in plain words."),
            **_DUE,
            "period": _("An item has one plan in a period."),
        },
        linked=(
            linked("units", _("Responsible units"), models.PlanUnit, ("plan", "unit"), required=True),
            linked("projects", _("Projects"), models.PlanProject, ("plan", "project")),
            linked("budget_lines", _("Budget lines"), models.PlanBudgetLine, ("plan", "budget_line")),
        ),
        parts=("step", "means"),
        fixed=("period",),
    ),
    Editable(
        "step",
        "osatoimi",
        models.Step,
        ("text", "due_on", "due_precision", "date_kind", "unit"),
        above="plan",
        help={
            **_DUE,
            "date_kind": _("Only a due date can be late. When nothing is chosen, the date is one."),
            "unit": _("Only if another unit than those of the plan does it."),
        },
    ),
    Editable(
        "means",
        "keino",
        models.PlanMeans,
        ("text",),
        above="plan",
        help={"text": _("What the plan uses and nobody can do: a network, a channel, a comparison group.")},
    ),
    Editable(
        "programme",
        "ohjelma",
        models.Programme,
        ("name", "start_year", "end_year", "status", "prepared_by", "approved_by", "description", "follow_up"),
        above="municipality",
        help={"name": _NAME_HELP, **_YEARS},
        linked=(
            linked("strategies", _("Carries out"), models.ProgrammeStrategy, ("programme", "strategy")),
            linked("themes", _("Serves the themes"), models.ProgrammeTheme, ("programme", "theme")),
        ),
    ),
    Editable(
        "project",
        "hanke",
        models.Project,
        ("name", "kind", "description", "start_year", "end_year", "funding", "budget_line"),
        above="municipality",
        help=_YEARS,
        linked=(spellings(models.ProjectAlias, "project"),),
    ),
    Editable(
        "budget-line",
        "budjettikohta",
        models.BudgetLine,
        ("name",),
        above="municipality",
    ),
    Editable(
        "indicator",
        "mittari",
        models.Indicator,
        (*("name", "theme", "goal", "programme", "perspective", "unit_of_measure", "better", "origin", "note"),),
        above="strategy",
        help={
            "theme": _("Choose what it measures; when nothing is chosen, it measures the strategy itself."),
            "unit_of_measure": _("Such as per cent, euros or inhabitants."),
            "origin": _("Who measures it, or where the figures come from."),
        },
        parts=("value", "target"),
    ),
    Editable(
        "value",
        "luku",
        models.IndicatorValue,
        (
            *("year", "kind", "value", "decimals", "no_data", "position", "note"),
            *("next_expected_on", "next_expected_precision"),
        ),
        above="indicator",
        help={
            "kind": _("Several kinds of one year stand side by side."),
            "decimals": _DECIMALS,
            "no_data": _("There is no figure of the year, and that is known: it is not zero."),
            "position": _("The place in the series when the source gives no year."),
        },
    ),
    Editable(
        "target",
        "tavoitearvo",
        models.IndicatorTarget,
        ("operator", "value", "decimals", "above_indicator", "by_year", "standing", "set_in", "note"),
        above="indicator",
        help={
            "decimals": _DECIMALS,
            "operator": _("“No target yet” is an answer too; then leave the value empty."),
            "above_indicator": _("Only with “above another indicator”; without one, the note says what it is above."),
        },
    ),
)

EDITABLES: dict[str, Editable] = {editable.name: editable for editable in _ALL}
BY_WORD: dict[str, Editable] = {editable.word: editable for editable in _ALL}
# These have sibling groups within their parent: the themes under one theme stand in one list.
NESTED = {"theme": "parent"}
# Beside some names the model's own would say too little.
LABELS: dict[tuple[str, str], Label] = {
    ("theme", "parent"): pgettext_lazy("theme", "Stands under"),
    ("unit", "parent"): pgettext_lazy("unit", "Stands under"),
    ("strategy", "decided_on_precision"): _("precision"),
    ("event", "end_on_precision"): _("precision"),
}
