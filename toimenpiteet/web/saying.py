"""Sentences of ours that name things of the content."""

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from toimenpiteet.selectors.translated import Phrase, Text
from toimenpiteet.templatetags.words import say

_LONGEST = 80
"""How many letters of a name stand in a sentence."""


def about(sentence: str, **names: Text | str) -> SafeString:
    """Return a sentence that names things as %(name)s: each name short, and marked with its language."""
    return say(Phrase.of(sentence, **{key: _short(name) for key, name in names.items()}))


def _short(name: Text | str) -> Text:
    words, lang = (name.text, name.lang) if isinstance(name, Text) else (name, "")
    return Text(Truncator(words).chars(_LONGEST), lang)
