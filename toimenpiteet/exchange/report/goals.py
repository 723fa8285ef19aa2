"""The part of a report about goals: those that bind towards the council, and what becomes of each that was assessed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from toimenpiteet import labels
from toimenpiteet.answers import Outcome
from toimenpiteet.dates import day_of_year_words
from toimenpiteet.exchange.report import facts, measures, words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Heading, Line, Paragraph, Part, Table, cell
from toimenpiteet.models import IndicatorValue
from toimenpiteet.models.strategy import GoalCounting
from toimenpiteet.round_days import RoundKind
from toimenpiteet.snapshots import Assessment, Goal, Snapshot


def binding(snapshot: Snapshot, own: str) -> Part:
    """Return what becomes of the binding goals and of the others that were assessed, with their indicators.

    Two tables, since a goal has one outcome and as many indicators as it has.
    """
    said = facts.assessments(snapshot)
    bound = [goal for goal in snapshot["goals"] if goal["binding"]]
    other = [goal for goal in snapshot["goals"] if goal["key"] in said and not goal["binding"]]
    blocks: list[Block] = [Paragraph(Line(_("None of the goals is binding.")))]
    if bound:
        blocks = [
            _outcomes(snapshot, bound, own, "binding", _("What becomes of the binding goals")),
            _measured(snapshot, bound, own),
        ]
    if other:
        blocks.append(Heading(Line(_("Other goals"))))
        blocks.append(_outcomes(snapshot, other, own, "assessed", _("What becomes of the other goals")))
    if without := [goal for goal in snapshot["goals"] if goal["key"] not in said and not goal["binding"]]:
        blocks.append(Paragraph(Line(_unsaid(snapshot, without))))
    return Part("binding", _("Binding goals"), tuple(blocks))


def _unsaid(snapshot: Snapshot, goals: list[Goal]) -> str:
    """Say of how many goals, and which where they are numbered, nothing is foreseen or told."""
    count, numbers = len(goals), ", ".join(str(goal["number"]) for goal in goals if goal["number"] is not None)
    if RoundKind(snapshot["round"]["kind"]) is RoundKind.BUDGET:
        told = ngettext("No forecast was given of %(count)s goal", "No forecast was given of %(count)s goals", count)
    else:
        told = ngettext("No result was told of %(count)s goal", "No result was told of %(count)s goals", count)
    return f"{told % {'count': count}}{f' ({numbers})' if numbers else ''}."


def _outcomes(snapshot: Snapshot, goals: list[Goal], own: str, key: str, caption: str) -> Table:
    kind, said = RoundKind(snapshot["round"]["kind"]), facts.assessments(snapshot)
    columns = (
        Column(_("Goal"), 3.2),
        Column(_head(kind), 2),
        Column(_("Grounds and evidence"), 5),
    )
    rows = tuple((_goal(goal, own), *_outcome(kind, said.get(goal["key"]))) for goal in goals)
    return Table(key, caption, columns, rows)


def _head(kind: RoundKind) -> str:
    """Return what is said of goals as the head of its column: a forecast is for the end of the year."""
    word = str(labels.OUTCOME_OF[kind]).capitalize()
    return f"{word} {day_of_year_words(12, 31)}" if kind is RoundKind.BUDGET else word


def _outcome(kind: RoundKind, said: Assessment | None) -> tuple[Cell, Cell]:
    if said is None:
        return cell(pgettext("of a goal", "not assessed")), cell(words.NOTHING)
    foreseen = ""
    if kind is RoundKind.ANNUAL_REPORT and said["foreseen"]:
        told = labels.OUTCOME[RoundKind.BUDGET][Outcome(said["foreseen"])]
        foreseen = _("(the forecast in the autumn: %(outcome)s)") % {"outcome": told}
    outcome = Line(str(labels.OUTCOME[kind][Outcome(said["outcome"])]), strong=True)
    return cell(outcome, foreseen), cell(said["grounds"], *words.evidence(said["evidence"]))


def _measured(snapshot: Snapshot, goals: list[Goal], own: str) -> Table:
    columns = (
        Column(_("Goal"), 3.2),
        Column(_("Indicator"), 3.2),
        Column(_("Target level"), 2.3),
        Column(pgettext("figure", "Actual"), 2.2),
    )
    rows = tuple(row for goal in goals for row in _indicators(snapshot, goal, own))
    return Table("binding-indicators", _("Indicators of the binding goals"), columns, rows)


def _indicators(snapshot: Snapshot, goal: Goal, own: str) -> list[tuple[Cell, ...]]:
    name = cell(*_goal(goal, own), _counting(goal))
    found = [one for one in snapshot["indicators"] if one["goal"] == goal["key"]]
    if not found:
        return [(name, cell(_("no indicator")), cell(words.NOTHING), cell(words.NOTHING))]
    return [
        (
            name,
            measures.name(one, own),
            measures.targets(one, own),
            measures.figure(facts.latest(one, IndicatorValue.Kind.ACTUAL)),
        )
        for one in found
    ]


def _goal(goal: Goal, own: str) -> Cell:
    return cell(words.name_of_goal(goal, own))


def _counting(goal: Goal) -> str:
    if not goal["counting"]:
        return ""
    words_of = {"counting": GoalCounting(goal["counting"]).label, "share": goal["counting_share"]}
    if goal["counting_share"] is None:
        return _("reached when %(counting)s") % words_of
    return _("reached when %(counting)s: %(share)s %%") % words_of
