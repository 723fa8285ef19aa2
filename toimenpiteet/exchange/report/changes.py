"""The part of a report about changes of plans: those on which the body decides, and those decided in the year."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import labels
from toimenpiteet.change_requests import DECIDED, ChangeKind, ChangeStatus
from toimenpiteet.dates import due_or_end_words
from toimenpiteet.exchange.report import words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Line, Paragraph, Part, Table, cell
from toimenpiteet.snapshots import Change, ChangeSays, Plan, Snapshot
from toimenpiteet.workflow import Role


def to_decide(snapshot: Snapshot) -> list[Change]:
    """Return the changes on which the body decides (annex 1)."""
    return _with_status(snapshot, [ChangeStatus.NEEDS_BODY])


def open_changes(snapshot: Snapshot) -> dict[tuple[str, str], Change]:
    """Return the changes that nobody has decided on, by item and period; what waits for a body before others."""
    found = [*_with_status(snapshot, [ChangeStatus.PROPOSED]), *to_decide(snapshot)]
    return {(change["item"], change["period"]): change for change in found}


def changes(snapshot: Snapshot, own: str) -> Part:
    """Return the changes on which the body decides, and apart from them the director's and those that were decided."""
    proposed = _with_status(snapshot, [ChangeStatus.PROPOSED])
    decided = _("Decided in %(year)s") % {"year": snapshot["round"]["year"]}
    tables = (
        _table(snapshot, own, "changes", _("Changes on which the body decides"), to_decide(snapshot)),
        _table(snapshot, own, "proposed", _("Changes on which the strategy director decides"), proposed),
        _table(snapshot, own, "decided", decided, _with_status(snapshot, DECIDED)),
    )
    nothing = Paragraph(Line(_("There are no changes to be decided by the body.")))
    blocks: list[Block] = [] if tables[0].rows else [nothing]
    blocks += [table for table in tables if table.rows]
    return Part("changes", _("Changes to be decided (annex 1)"), tuple(blocks))


def _with_status(snapshot: Snapshot, wanted: Iterable[ChangeStatus]) -> list[Change]:
    return [change for change in snapshot.get("changes", []) if change["status"] in set(wanted)]


def _table(snapshot: Snapshot, own: str, key: str, caption: str, found: list[Change]) -> Table:
    columns = (
        Column(pgettext("report", "What changes"), 2.6),
        Column(pgettext("report", "As it is"), 2.2),
        Column(pgettext("report", "As proposed"), 2.2),
        Column(pgettext("report", "Grounds and effect"), 3),
        Column(pgettext("report", "Proposed by"), 2.2),
        Column(pgettext("report", "Body and decision"), 2.4),
    )
    plans = {(plan["item"], plan["period"]["key"]): plan for plan in snapshot["plans"]}
    rows = tuple(_row(change, plans[change["item"], change["period"]], own) for change in found)
    return Table(key, caption, columns, rows)


def _row(change: Change, plan: Plan, own: str) -> tuple[Cell, ...]:
    kind = ChangeKind(change["kind"])
    was, proposed = (_says(kind, change[side], plan, own) for side in ("was", "proposed"))
    if kind is ChangeKind.ENDING:
        was, proposed = Line(pgettext("change", "goes on")), Line(pgettext("change", "is discontinued"))
    return (
        cell(words.said(plan["name"], own), str(labels.CHANGE_KIND[kind]), words.said(plan["period"]["name"], own)),
        cell(was),
        cell(proposed),
        cell(change["cause"], change["effect"]),
        cell(*_proposer(change, plan, own)),
        cell(*_decision(change)),
    )


def _proposer(change: Change, plan: Plan, own: str) -> list[Line]:
    """Return the role and unit of who proposed it; of one frozen before units were kept, those of the plan."""
    role = [Line(str(labels.ROLE[Role(change["role"])]))] if change["role"] else []
    unit = change.get("unit")
    return [*role, *([words.said(unit, own)] if unit else words.units(plan, own))]


def _says(kind: ChangeKind, says: ChangeSays, plan: Plan, own: str) -> Line:
    if kind is ChangeKind.LEAD:
        return words.said(says["unit"] or {}, own)
    if kind is ChangeKind.SCOPE:
        return words.said({own: says["text"] or words.NOTHING}, own)
    due_on = date.fromisoformat(says["due_on"]) if says["due_on"] else None
    return Line(due_or_end_words(due_on, says["due_precision"], plan["period"]["end_year"]))


def _decision(change: Change) -> list[str]:
    """Return which body decides, what was decided on which day, and in which words."""
    found = words.decided_by(change["body"], change["body_on"], change["section"])
    status = str(labels.CHANGE_STATUS[ChangeStatus(change["status"])])
    said = [found, change["register_number"], status, change["decision"]]
    return [text for text in said if text]
