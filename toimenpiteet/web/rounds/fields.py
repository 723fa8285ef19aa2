"""Fields that the forms of a round have in common."""

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from toimenpiteet.labels import UNKNOWN, choices
from toimenpiteet.web.forms import day_field


def unknown_fields() -> tuple[forms.ChoiceField, forms.DateField]:
    """Return the fields for why something cannot be assessed and when it will be known; the service judges them.

    The page shows them with that choice alone; a browser that cannot tell shows them always.
    """
    because = forms.ChoiceField(
        label=gettext_lazy("Why it cannot be assessed"),
        choices=[("", pgettext_lazy("a reason", "not chosen")), *choices(UNKNOWN)],
        required=False,
    )
    return because, day_field(gettext_lazy("When it will be known"))
