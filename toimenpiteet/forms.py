"""What forms of every door have in common: asking why, and showing what a service refused where it belongs."""

from collections.abc import Container
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy

from toimenpiteet.services.errors import DomainError, Stale


def why() -> forms.CharField:
    """Return the field that asks for the reason."""
    return forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        max_length=500,
        help_text=gettext_lazy("The reason stays in the history."),
    )


def told(data: Any, name: str, stale: Stale) -> Any:
    """Return what was typed, under the version that the person has now been told of: sent again, it is meant for it."""
    return MultiValueDict({**dict(data.lists()), name: [str(stale.current.version)]})


def place_of(error: DomainError, names: Container[str]) -> str | None:
    """Return the one of the form's field `names` that the refusal is about, or None: then it concerns the whole."""
    for name in (error.field, error.field.removesuffix("_id")):
        if name in names:
            return name
    return None
