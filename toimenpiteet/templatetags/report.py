"""How pages write the paragraphs of a report."""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from toimenpiteet.exchange.report.document import Cell, Line

register = template.Library()


@register.simple_tag
def line(said: Line) -> SafeString:
    """Write a paragraph of a report: in its language where that is another, strong, or as the name of a light.

    Made here and not in a template: a report has thousands.
    """
    text = (
        format_html('<span lang="{}">{}</span>', said.lang, said.text) if said.lang else conditional_escape(said.text)
    )
    if said.mark:
        return format_html('<strong class="mark mark-{}">{}</strong>', said.mark, text)
    return format_html("<strong>{}</strong>", text) if said.strong else text


@register.simple_tag
def paragraphs(cell: Cell) -> SafeString:
    """Write a cell of a report, a paragraph for each of its lines."""
    return format_html_join("", "<p>{}</p>", ((line(one),) for one in cell))
