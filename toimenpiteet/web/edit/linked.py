"""Fields of a form that hold what a row is linked to, beside its own columns."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from toimenpiteet.labels import Label
from toimenpiteet.models import Audited
from toimenpiteet.services.changing import Links

_OTHER_SPELLINGS = _("Other spellings")
_ONE_TO_A_LINE = _("One to a line. Documents that use these words find the same thing.")


@dataclass(frozen=True)
class Linked:
    """A field that holds what a row is linked to: choices of another model, or spellings, one to a line."""

    name: str
    label: Label
    links: Links
    help: Label = ""
    required: bool = False
    # A column and its value: asked of rows that have it, and of new ones.
    when: tuple[str, str] | None = None

    def asked_of(self, row: Any) -> bool:
        """Tell whether a row (None: a new one) may have such links."""
        return row is None or self.when is None or getattr(row, self.when[0]) == self.when[1]

    @property
    def spelled(self) -> bool:
        """Tell whether the links lead to spellings and not to rows."""
        return not self.links.model._meta.get_field(self.links.far).is_relation


def spellings(model: type[Audited], near: str) -> Linked:
    """Return a field for the other spellings of a row, kept as rows of `model` whose `near` key leads to it."""
    return Linked("aliases", _OTHER_SPELLINGS, Links(model, near, "text"), _ONE_TO_A_LINE)


def linked(name: str, label: Label, model: type[Audited], ends: tuple[str, str], **more: Any) -> Linked:
    """Return a field for what a row is linked to by rows of `model`, whose `ends` are the keys to it and from it."""
    return Linked(name, label, Links(model, *ends), **more)
