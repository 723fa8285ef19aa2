"""How pages write words and numbers of the content."""

import re

from django import template
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from toimenpiteet.selectors.cited import cited_words
from toimenpiteet.selectors.translated import Phrase, Text

register = template.Library()
_NAME = re.compile(r"%\((\w+)\)s")
register.filter("cited", cited_words)


@register.simple_tag
def say(text: Text | str) -> SafeString:
    """Write a content text, marked with its language where that is not the page's; in a Phrase each that it names.

    Made here and not in a template: it stands several times in every row, and an include costs more than the row.
    """
    if isinstance(text, Text) and text.lang:
        return format_html('<span lang="{}">{}</span>', text.lang, text.text)
    if isinstance(text, Phrase):
        named = {key: format_html_join(", ", "{}", ((say(one),) for one in texts)) for key, texts in text.named.items()}
        return format_html(_NAME.sub(r"{\1}", text.form), **named)
    return conditional_escape(str(text))


@register.filter
def number(value: int) -> str:
    """Write a whole number with its thousands apart, in the notation of the page's language."""
    return str(number_format(value, use_l10n=True, force_grouping=True))
