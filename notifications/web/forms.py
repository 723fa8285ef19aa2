"""What people type on these pages."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from notifications import choices
from notifications.models import Reminder
from toimenpiteet.web.forms import in_our_words

_DAYS = ("%Y-%m-%d", "%d.%m.%Y")
# Beyond these, days run out of the calendar when they are turned into instants.
_PLAUSIBLE = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 12, 31))]


class LogFilter(forms.Form):
    """The filters of the delivery log; they stand in the address."""

    state = forms.ChoiceField(label=_("State"), required=False)
    unit = forms.TypedChoiceField(label=_("Responsible unit"), required=False, coerce=int, empty_value=None)
    since = forms.DateField(
        label=_("From"),
        required=False,
        input_formats=_DAYS,
        validators=_PLAUSIBLE,
        widget=forms.DateInput(format=_DAYS[0], attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        input_formats=_DAYS,
        validators=_PLAUSIBLE,
        widget=forms.DateInput(format=_DAYS[0], attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, units: list[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("all")), *Reminder.State.choices]  # type: ignore[attr-defined]  # a choice
        self.fields["unit"].choices = [("", _("all")), *units]  # type: ignore[attr-defined]  # a choice
        in_our_words(self.fields)


class PreferenceForm(forms.Form):
    """A person's own choices about mails."""

    hour = forms.TypedChoiceField(
        label=_("Not before"),
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(8, 16)],
        help_text=_("Mails leave on working days from 8 to 16."),
    )
    wanted = forms.MultipleChoiceField(
        label=_("Tell me too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language of the mails"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ("", _("the language of my account"))
        self.fields["language"].choices = [own, *settings.LANGUAGES]  # type: ignore[attr-defined]  # a choice
        self.fields["wanted"].choices = [(kind.name, kind.label) for kind in choices.optional()]  # type: ignore[attr-defined]  # a choice
        in_our_words(self.fields)
