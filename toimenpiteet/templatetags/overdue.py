"""The rows of the overdue list: written in Python, because fifty rows of nine template cells are most of the page."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from toimenpiteet.selectors.overdue_page import OverdueRow
from toimenpiteet.templatetags.words import badge, names, say

register = template.Library()


def _steps(row: OverdueRow) -> str:
    return f"{row.steps_done}/{row.steps_all}"


def _goal(row: OverdueRow) -> SafeString:
    return format_html('<span title="{}">{}</span>', row.goal_name, row.goal_number or row.goal_name)


def _late(row: OverdueRow) -> SafeString:
    return format_html('<strong class="late">{}</strong> <span class="date">{}</span>', row.late.distance, row.late.why)


# What stands in a cell of each column of web.views.overdue; the first one heads the row.
_CELLS: dict[str, Callable[[OverdueRow], Any]] = {
    "goal": _goal,
    "period": lambda row: say(row.period_name),
    "units": lambda row: names(row.units),
    "status": lambda row: badge(row.status, row.status_label),
    "steps": _steps,
    "steps_all": lambda row: str(row.steps_all),
    "deadline": _late,
    "late": lambda row: str(row.late.days),
    "why": lambda row: row.late.why,
}


_Columns = list[tuple[str, Callable[[OverdueRow], Any]]]


@register.simple_tag
def overdue_rows(rows: Sequence[OverdueRow], table: Any, directs: Collection[int]) -> SafeString:
    """Write `rows` with the columns of `table` (web.lists.Table), and boxes for the municipalities in `directs`."""
    columns = [(str(column.label), _CELLS[column.key]) for column in table.columns if column.key in _CELLS]
    # Looking up an address takes as long as writing a row: one will do for all.
    address = reverse("item", args=[0]).rsplit("0", 1)
    return format_html_join("\n", "{}", ((_row(row, columns, address, directs),) for row in rows))


def _row(row: OverdueRow, columns: _Columns, address: list[str], directs: Collection[int]) -> SafeString:
    return format_html(
        '<tr>{}<th scope="row"><a href="{}#plan-{}">{}</a></th>{}</tr>',
        _box(row, directs) if directs else "",
        str(row.item_id).join(address),
        row.pk,
        say(row.item_name),
        format_html_join("", '<td data-label="{}">{}</td>', ((label, cell(row)) for label, cell in columns)),
    )


def _box(row: OverdueRow, directs: Collection[int]) -> SafeString:
    if row.municipality_id not in directs:
        return format_html("<td>{}</td>", "")
    return format_html(
        '<td><label class="choose"><input type="checkbox" form="bulk" name="plan" value="{}:{}">'
        '<span class="visually-hidden">{}</span></label></td>',
        row.pk,
        row.version,
        row.item_name,
    )
