"""The first parts of a report: what is proposed, and the summary on one page."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.exchange.report import facts, words
from toimenpiteet.exchange.report.changes import to_decide
from toimenpiteet.exchange.report.document import (
    Bar,
    Block,
    Chart,
    Column,
    Heading,
    Line,
    Mark,
    Numbered,
    Paragraph,
    Part,
    Table,
    cell,
)
from toimenpiteet.exchange.report.facts import Sums
from toimenpiteet.snapshots import Snapshot

# So that the longest Finnish word of each head stays whole, and twelve goals on the page of the summary.
_WEIGHT = {Mark.ON_TRACK: 1.0, Mark.AT_RISK: 1.25, Mark.OFF_TRACK: 1.2, Mark.NOT_ASSESSED: 1.15, Mark.NOT_REPORTED: 1.5}


def proposal(snapshot: Snapshot, _own: str) -> Part:
    """Return what the body is asked, each kind apart: to take note of, to approve, to give as tasks."""
    counted = facts.sums(snapshot["plans"])
    noted = [
        _("Note is taken of how the strategy is carried out on %(day)s, as reported until %(until)s (parts 2 and 5–7).")
    ]
    if counted.marks[Mark.AT_RISK] or counted.marks[Mark.OFF_TRACK]:
        noted.append(_("Note is taken of the deviations, their causes and next steps (part 3)."))
    if counted.total > counted.answered or counted.marks[Mark.NOT_ASSESSED]:
        noted.append(_("Note is taken of what was not reported and what cannot be assessed (part 8)."))
    if snapshot.get("decisions"):
        noted.append(_("Note is taken of how earlier decisions were carried out (part 9)."))
    frozen = local_day(datetime.fromisoformat(snapshot["frozen_at"]))
    at = {"day": day_words(facts.status_day(snapshot)), "until": day_words(frozen)}
    kinds = (
        (_("To take note of"), [text % at for text in noted], ""),
        (_("To approve"), list(_to_approve(snapshot)), _("There is nothing to approve.")),
        (_("To give as tasks"), list(_tasks(snapshot, counted)), _("There are no tasks to be given.")),
    )
    blocks: list[Block] = []
    start = 1
    for heading, items, nothing in kinds:
        blocks.append(Heading(Line(heading)))
        blocks.append(Numbered(tuple(map(Line, items)), start=start) if items else Paragraph(Line(nothing)))
        start += len(items)
    return Part("proposal", _("Proposal for a decision"), tuple(blocks))


def _to_approve(snapshot: Snapshot) -> Iterator[str]:
    if proposed := len(to_decide(snapshot)):
        text = ngettext(
            "The %(count)s change of annex 1 (part 4) is approved.",
            "The %(count)s changes of annex 1 (part 4) are approved.",
            proposed,
        )
        yield text % {"count": proposed}


def _tasks(snapshot: Snapshot, counted: Sums) -> Iterator[str]:
    if red := counted.marks[Mark.OFF_TRACK]:
        text = ngettext(
            "It is decided how the %(count)s action item goes on that does not go on without a decision (part 3).",
            "It is decided how the %(count)s action items go on that do not go on without a decision (part 3).",
            red,
        )
        yield text % {"count": red}
    if is_open := sum(one["done_on"] is None for one in snapshot.get("decisions", [])):
        text = ngettext(
            "It is decided how the %(count)s earlier decision that is open is carried out (part 9).",
            "It is decided how the %(count)s earlier decisions that are open are carried out (part 9).",
            is_open,
        )
        yield text % {"count": is_open}


def summary(snapshot: Snapshot, own: str) -> Part:
    """Return the page of sums: three sentences, one chart, and each goal by its lights."""
    counted, heading = facts.sums(snapshot["plans"]), _("Summary")
    if not counted.total:
        return Part("summary", heading, (Paragraph(Line(_("No answer was asked for in this round."))),))
    told = [Paragraph(Line(text)) for text in _sentences(counted)]
    return Part("summary", heading, (*told, _chart(counted), _goals(snapshot, own, counted)), fresh=True)


def _sentences(counted: Sums) -> list[str]:
    marks, total = counted.marks, counted.total
    return [
        _("Of the action items that were asked, %(share)s were answered.")
        % {"share": words.share(counted.answered, total)},
        _("On track are %(green)s, delayed or at risk %(amber)s, and off track %(red)s.")
        % {
            "green": words.share(marks[Mark.ON_TRACK], total),
            "amber": words.share(marks[Mark.AT_RISK], total),
            "red": words.share(marks[Mark.OFF_TRACK], total),
        },
        _("Since the round before, the light of %(up)s has become better and that of %(down)s worse.")
        % {"up": words.share(counted.up, counted.compared), "down": words.share(counted.down, counted.compared)}
        if counted.compared
        else _("There is no earlier light with which these could be compared."),
    ]


def _chart(counted: Sums) -> Chart:
    bars = tuple(
        Bar(words.light(mark).text, mark.value, words.share(count, counted.total), count / counted.total)
        for mark, count in counted.marks.items()
    )
    caption = ngettext(
        "The %(count)s action item that was asked, by its light",
        "The %(count)s action items that were asked, by their lights",
        counted.total,
    ) % {"count": counted.total}
    return Chart(caption, ". ".join([caption, *(f"{bar.label}: {bar.value}" for bar in bars)]) + ".", bars)


def _goals(snapshot: Snapshot, own: str, counted: Sums) -> Table:
    columns = (
        Column(_("Goal"), 3.2),
        Column(_("Total"), 1.2, number=True),
        *(Column(words.light_head(mark), _WEIGHT[mark], number=True) for mark in Mark),
        Column(_("Moved up"), 1.2, number=True),
        Column(_("Moved down"), 1.2, number=True),
    )
    found = [(goal, facts.sums(plans)) for goal, plans in facts.goals_with_plans(snapshot)]
    rows = [(cell(words.name_of_goal(goal, own)), *_numbers(of_goal)) for goal, of_goal in found if of_goal.total]
    whole = (cell(Line(_("All goals"), strong=True)), *_numbers(counted, strong=True))
    return Table("goals", _("Action items of each goal by their lights"), columns, (*rows, whole), total=True)


def _numbers(counted: Sums, *, strong: bool = False) -> list[tuple[Line, ...]]:
    values = (counted.total, *counted.marks.values(), counted.up, counted.down)
    return [(Line(str(value), strong=strong),) for value in values]
