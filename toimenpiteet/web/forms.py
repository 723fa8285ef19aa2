"""What forms of every door have in common: asking why, and showing what a service refused where it belongs."""

from collections.abc import Container, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy

from toimenpiteet.labels import Label
from toimenpiteet.services import text
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.rules import YEARS

_NO_YEAR = gettext_lazy("Write the year with four digits, such as 2026.")
_NO_WHOLE_NUMBER = gettext_lazy("Write a whole number in digits, such as 3.")
_NO_NUMBER = gettext_lazy("Write a number in digits, such as 3.")
NO_DAY = gettext_lazy("There is no such day. Choose it in the calendar, or write it as 2026-12-31.")
_NO_CHOICE = gettext_lazy("This cannot be chosen any more. Choose another one.")


def why() -> forms.CharField:
    """Return the field that asks for the reason."""
    return forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        max_length=500,
        help_text=gettext_lazy("The reason stays in the history."),
        error_messages={"required": gettext_lazy("Say why: the reason stays in the history.")},
    )


def day_field(label: Label = "", help_text: Label = "", *, required: bool = False, **more: Any) -> forms.DateField:
    """Return a field for a day, with the browser's calendar; `more` as ``forms.DateField`` takes it."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget, **more)


class _Room(MaxLengthValidator):
    """Says of a text that is too long how long it is and how much fits, as the services do."""

    def __call__(self, value: Any) -> None:
        limit = self.limit_value
        if len(value) > limit:
            raise ValidationError(text.too_long(len(value), limit), code=self.code)


def in_our_words(fields: Mapping[str, forms.Field]) -> None:
    """Let the `fields` of a form say what is wrong and what to do in our words, where the library's say little."""
    for name, field in fields.items():
        messages = {"invalid": _invalid(name, field), "invalid_choice": _NO_CHOICE}
        field.error_messages |= {code: message for code, message in messages.items() if message}
        field.validators = [_worded(validator, messages["invalid"]) for validator in field.validators]


def _invalid(name: str, field: forms.Field) -> Any:
    match field:
        case forms.IntegerField() if name in YEARS:
            return _NO_YEAR
        case forms.DecimalField() | forms.FloatField():
            return _NO_NUMBER
        case forms.IntegerField():
            return _NO_WHOLE_NUMBER
        case forms.DateField():
            return NO_DAY
    return ""


def _worded(validator: Any, invalid: Any) -> Any:
    if isinstance(validator, MaxLengthValidator):
        return _Room(validator.limit_value)
    if isinstance(validator, MinValueValidator | MaxValueValidator) and invalid is _NO_YEAR:
        return type(validator)(validator.limit_value, _NO_YEAR)
    return validator


def told(data: Any, name: str, seen: int) -> Any:
    """Return what was typed, under the version that the person has now been told of: sent again, it is meant for it."""
    return MultiValueDict({**dict(data.lists()), name: [str(seen)]})


def place_of(error: DomainError, names: Container[str]) -> str | None:
    """Return the one of the form's field `names` that the refusal is about, or None: then it concerns the whole."""
    for name in (error.field, error.field.removesuffix("_id")):
        if name in names:
            return name
    return None
