"""Words that are looked for in a list: what is typed after `q=`."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters

from toimenpiteet.selectors import catalogue
from toimenpiteet.selectors.search.search import items_with, words_of
from toimenpiteet.services import text
from toimenpiteet.services.errors import Invalid

WORDS_LIMIT = 100


class _WordsField(forms.CharField):
    def clean(self, value: Any) -> Any:
        try:
            return text.clean(value or "", field="q", limit=WORDS_LIMIT)
        except Invalid as error:
            raise forms.ValidationError(error.message) from error


class Words(filters.CharFilter):  # type: ignore[misc]  # untyped
    """Words that the row must contain, each of them."""

    field_class = _WordsField

    def __init__(self, where: str, *columns: str, plan_text: bool = False) -> None:
        super().__init__(help_text=f"Words, all of which must be in {where}. At most {WORDS_LIMIT} characters.")
        self.columns, self.plan_text = columns, plan_text

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the rows that contain every word."""
        return catalogue.containing(qs, value, *self.columns, plan_text=self.plan_text) if value else qs


class Sought(Words):
    """Words that an action item must have, as the search finds them: in other forms, and as parts of compounds, too.

    The search knows today alone, and words: of a past day, and signs alone, are looked for by their letters.
    """

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the items that have every word."""
        request = self.parent.request
        if not words_of(value) or "as_of" in request.query_params:
            return super().filter(qs, value)
        return qs.filter(items_with(request.parser_context["view"].scope, value))


class Spelled(Words):
    """Words in the name, or in another spelling of it."""

    def __init__(self, aliases: Any, link: str) -> None:
        super().__init__("the name or one of its other spellings", "name")
        self.aliases, self.link = aliases, link

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the rows whose name, or one of whose spellings, contains every word."""
        return catalogue.spelled(qs, value, self.aliases.objects.all(), self.link) if value else qs
