"""The part of a report that follows up earlier decisions of the bodies and recommendations of the auditors."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet.exchange.report import words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Line, Paragraph, Part, Table, cell
from toimenpiteet.models.assessments import DecisionKind
from toimenpiteet.snapshots import Decision, Snapshot


def follow_up(snapshot: Snapshot, own: str) -> Part:
    """Return what became of earlier decisions: those that are open, and apart from them those that are done."""
    found = snapshot.get("decisions", [])
    is_open = [one for one in found if one["done_on"] is None]
    done = [one for one in found if one["done_on"] is not None]
    tables = (
        _table("decisions-open", _("Open"), is_open, own),
        _table("decisions-done", pgettext("decisions", "Done"), done, own),
    )
    blocks: list[Block] = [table for table in tables if table.rows]
    if not blocks:
        blocks = [Paragraph(Line(_("No earlier decisions to be followed up are on record.")))]
    elif not is_open:
        blocks.insert(0, Paragraph(Line(_("No earlier decision is open."))))
    return Part("follow-up", _("Follow-up of earlier decisions"), tuple(blocks))


def _table(key: str, caption: str, found: list[Decision], own: str) -> Table:
    columns = (
        Column(_("What was decided or recommended"), 3.6),
        Column(_("Body and decision"), 2.6),
        Column(_("Responsible unit"), 2.2),
        Column(_("What has been done"), 3.6),
    )
    return Table(key, caption, columns, tuple(_row(one, own) for one in found))


def _row(one: Decision, own: str) -> tuple[Cell, ...]:
    done = pgettext("decision", "done %(day)s") % {"day": words.day(one["done_on"])} if one["done_on"] else ""
    return (
        cell(words.said(one["name"], own), f"({DecisionKind(one['kind']).label})"),
        cell(words.decided_by(one["body"], one["decided_on"], one["section"]), one["register_number"]),
        cell(words.said(one["unit"], own) if one["unit"] else words.NOTHING),
        cell(words.said(one["outcome"], own), done) or cell(words.NOTHING),
    )
