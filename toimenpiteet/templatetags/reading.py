"""Small pieces of the reading pages: links to things by name, and texts with what was looked for marked."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from toimenpiteet.selectors.search.search import Marked
from toimenpiteet.selectors.translated import Named
from toimenpiteet.templatetags.words import say

register = template.Library()


@register.simple_tag
def to(thing: Named, page: str) -> SafeString:
    """Write the name of a thing as a link to its page, such as ``{% to unit "unit" %}``."""
    return format_html('<a href="{}">{}</a>', reverse(page, args=[thing.pk]), say(thing.name))


@register.simple_tag
def linked(things: Iterable[Named], page: str) -> SafeString:
    """Write the names of things as links to their pages, separated by commas."""
    return format_html_join(mark_safe(", "), "{}", ((to(thing, page),) for thing in things))


@register.filter
def number(value: int) -> str:
    """Write a whole number with its thousands apart, in the notation of the page's language."""
    return str(number_format(value, use_l10n=True, force_grouping=True))


@register.simple_tag
def marked(text: Marked) -> SafeString:
    """Write a text with the hits in it marked, and with its language where that is not the page's."""
    pieces = format_html_join("", "{}", ((format_html("<mark>{}</mark>", p) if hit else p,) for p, hit in text.pieces))
    return format_html('<span lang="{}">{}</span>', text.lang, pieces) if text.lang else pieces
