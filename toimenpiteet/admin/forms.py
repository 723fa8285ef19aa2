"""Forms that show what a service refused, with everything that was typed still in them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from toimenpiteet.admin.door import Refused, refused
from toimenpiteet.forms import in_our_words, place_of, told, why
from toimenpiteet.services.errors import Stale

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

OWN = ("reason", "seen_version")


class RefusableForm(ModelForm):
    """A form that knows its request (see ``for_request``) and puts the request's refusal where it belongs."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields)

    @classmethod
    def for_request(cls, form: "type[RefusableForm]", request: HttpRequest) -> "type[RefusableForm]":
        """Return `form` bound to one request."""
        return type(form.__name__, (form,), {"request": request})

    @property
    def refusal(self) -> Refused | None:
        """Return the refusal that this very form met."""
        found = refused(self.request)
        return found if found and found.prefix == (self.prefix or "") else None

    def validate_unique(self) -> None:
        """Leave it to the services, which say it in one place for every door."""

    def _update_errors(self, errors: ValidationError) -> None:
        # Likewise what concerns several fields: Django would only name the database's constraint.
        errors.error_dict.pop(NON_FIELD_ERRORS, None)
        super()._update_errors(errors)  # type: ignore[misc]  # Django's own

    def clean(self) -> dict[str, Any]:
        """Add what a service refused at the first attempt."""
        cleaned = super().clean() or {}
        if self.refusal:
            error = self.refusal.error
            self.add_error(place_of(error, self.fields), error.message)
            if isinstance(error, Stale):
                self._show_current(error.current)
        return cleaned

    def _show_current(self, current: models.Model) -> None:
        for name in self.fields:
            if name in OWN or name not in self.cleaned_data:
                continue
            saved = getattr(current, name, None)
            if (saved or None) != (self.cleaned_data[name] or None):
                self.add_error(name, _("Saved meanwhile: %(value)s") % {"value": "–" if saved in {None, ""} else saved})

    def written(self) -> dict[str, Any]:
        """Return what the person changed, without the form's own fields."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name not in OWN}


class KeptForm(RefusableForm):
    """A form of one tracked row, which carries the version that the person saw."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text = _("Made from the name when it is left empty.")
        if self.is_bound and self.refusal and isinstance(self.refusal.error, Stale):
            self.data = told(self.data, self.add_prefix("seen_version"), self.refusal.error)

    @property
    def version(self) -> int:
        """Return the version that the person saw; a form without one saw none that exists."""
        return self.cleaned_data.get("seen_version") or 0


class ReasonForm(forms.Form):
    """Asks why; the base of the forms of single acts."""

    reason = why()


class KeptPageForm(KeptForm):
    """The form of a page of its own: asks why."""

    reason = why()
