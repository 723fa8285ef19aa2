"""Small pieces of pages that stand in every row; tags, because an include for each would cost more than the row."""

from collections.abc import Iterable

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from toimenpiteet.selectors.translated import Named, Text

register = template.Library()

_SELECTED = mark_safe(" selected")


@register.simple_tag
def say(text: Text | str) -> SafeString:
    """Write a content text, marked with its language where that is not the page's."""
    if isinstance(text, Text) and text.lang:
        return format_html('<span lang="{}">{}</span>', text.lang, text.text)
    return conditional_escape(str(text))


@register.simple_tag
def names(things: Iterable[Named]) -> SafeString:
    """Write the names of units, projects or budget lines, separated by commas."""
    return format_html_join(mark_safe(", "), "{}", ((say(thing.name),) for thing in things))


@register.simple_tag
def badge(status: str, label: str) -> SafeString:
    """Write a status by word, shape and colour."""
    return format_html(
        '<span class="status status-{}"><span class="status-mark" aria-hidden="true"></span>{}</span>', status, label
    )


@register.simple_tag
def light(value: str, label: str) -> SafeString:
    """Write the light of an answer by word, shape and colour."""
    return format_html(
        '<span class="light light-{}"><span class="status-mark" aria-hidden="true"></span>{}</span>', value, label
    )


@register.simple_tag
def options(things: Iterable[Named], chosen: int | str) -> SafeString:
    """Write the options of a select, one for each thing, with the one whose key is `chosen` selected."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((thing.pk, _SELECTED if thing.pk == chosen else "", thing.name.text) for thing in things),
    )
