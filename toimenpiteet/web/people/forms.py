"""The forms of people and their roles."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from toimenpiteet.access import Scope
from toimenpiteet.labels import ROLE, choices
from toimenpiteet.languages import LANGUAGES
from toimenpiteet.models import Grant, User
from toimenpiteet.selectors.people.grants import colleagues
from toimenpiteet.selectors.people.people import municipalities_by_key
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.selectors.units.units import units_in_force
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.people.grants import Standing
from toimenpiteet.services.people.people import Account, AccountChanged
from toimenpiteet.services.people.roles import WantedRole
from toimenpiteet.web.edit.fields import ModelChoice, RowChoice
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.forms import day_field, place_of, why
from toimenpiteet.workflow import Role

_OUR_ROLES = choices(ROLE)


class HomeChoice(ModelChoice):
    """A choice of one's own municipality."""

    def label_from_instance(self, obj: Any) -> str:
        """Return its name."""
        return text_of(obj, "name", obj.language).text


class RoleForm(WhyForm):
    """A role, where, and from when to when."""

    role = forms.ChoiceField(label=_("Role"), choices=_OUR_ROLES)
    unit = RowChoice(
        queryset=None,
        required=False,
        label=_("In the unit"),
        help_text=_("For managers and contributors."),
    )
    municipality = HomeChoice(
        queryset=None,
        required=False,
        label=_("In the municipality"),
        help_text=_("For directors, viewers and administrators."),
    )
    valid_from = day_field(_("First day"), _("Empty: at once."))
    valid_until = day_field(_("Last day"), _("The last day is included. Empty: until further notice."))

    def __init__(self, scope: Scope, data: QueryDict | None = None) -> None:
        super().__init__(data)
        units: Any = self.fields["unit"]
        units.queryset = units_in_force(scope)
        homes: Any = self.fields["municipality"]
        homes.queryset = municipalities_by_key(scope.municipalities)
        if len(scope.municipalities) == 1:
            self._only_home(next(iter(scope.municipalities)))
        self.order_fields([name for name in self.fields if name != "reason"])

    def _only_home(self, pk: int) -> None:
        # With one municipality there is nothing to choose: a role without a unit is in it.
        self.home = pk
        del self.fields["municipality"]
        self.fields["unit"].help_text = _("For managers and contributors; other roles are in the whole municipality.")

    def grant(self) -> WantedRole:
        """Return the role that is wanted."""
        typed = self.cleaned_data
        unit, town = typed.get("unit"), typed.get("municipality")
        home = town.pk if town else None if unit else getattr(self, "home", None)
        days = {"valid_from": typed["valid_from"], "valid_until": typed["valid_until"]}
        return WantedRole(role=Role(typed["role"]), unit=unit.pk if unit else None, municipality=home, **days)

    def refuse(self, error: DomainError) -> None:
        """Put what concerns the municipality at the unit, when only that is asked."""
        if error.field == "municipality" and "municipality" not in self.fields:
            error.field = "unit"
        super().refuse(error)


class InviteForm(RoleForm):
    """Who is invited, and as what."""

    email = forms.CharField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, help_text=_("Of the pages and the mails."))

    def __init__(self, scope: Scope, data: QueryDict | None = None) -> None:
        super().__init__(scope, data)
        first = ["email", "name", "language"]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])


class PersonForm(forms.Form):
    """A person's name, address and language, with what they were when the page was opened, and why they change."""

    use_required_attribute = False
    stale = False
    name = forms.CharField(label=_("Name"), show_hidden_initial=True)
    email = forms.CharField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("A new address has to prove itself: the old password ends, and a link goes to the new address."),
        show_hidden_initial=True,
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, show_hidden_initial=True)

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        self.person = person
        known = {name: getattr(person, name) for name in ("name", "email", "language")}
        super().__init__(data, initial=known)
        self.fields["reason"] = why()

    @property
    def seen(self) -> Account:
        """Return what the person was when this page was opened."""
        name, email, language = (
            self.data.get(self.add_initial_prefix(name), self.initial[name]) for name in ("name", "email", "language")
        )
        return name, email, language

    def tell_current(self, error: AccountChanged) -> None:
        """Say beside each field what was saved meanwhile; sent again, the form is meant for it."""
        self.stale = True
        self.add_error(None, error.message)
        self.person.refresh_from_db()
        self.initial = {name: getattr(self.person, name) for name in self.initial}
        data: Any = MultiValueDict(dict(self.data.lists()))  # type: ignore[attr-defined]  # what a browser sends
        for name, value in self.initial.items():
            data.setlist(self.add_initial_prefix(name), [value])
            if self.data.get(name) != value:
                self.add_error(name, gettext("Saved meanwhile: %(value)s") % {"value": value})
        self.data = data

    def refuse(self, error: DomainError) -> None:
        """Put what the service refused where it belongs."""
        self.add_error(place_of(error, self.fields), error.message)


class EndRoleForm(WhyForm):
    """The last day of a role; `begins` is the first day, in words, of one that has not begun."""

    last_day = day_field(_("Last day"), _("The role holds to the end of this day."), required=True)

    def __init__(self, version: int, data: QueryDict | None = None, *, begins: str = "") -> None:
        super().__init__(data, initial={"seen_version": version})
        if begins:
            told = gettext("The role begins on %(day)s. If its last day is before that, it is taken away.")
            self.fields["last_day"].help_text = told % {"day": begins}
        self.order_fields(["last_day", "reason"])


class PersonChoice(ModelChoice):
    """A choice of one person, by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, with the address that tells two of one name apart."""
        return f"{obj.name}, {obj.email}"


class StandInForm(WhyForm):
    """Who stands in for a person, where, and from when to when."""

    holder = PersonChoice(queryset=None, label=_("Who stands in"), empty_label=_("not chosen"))
    municipality = HomeChoice(queryset=None, label=_("In the municipality"))
    valid_from = day_field(_("First day"), _("Empty: the substitution begins at once."))
    valid_until = day_field(
        _("Last day"), _("The last day is included. Empty: the substitution holds until further notice.")
    )

    def __init__(
        self, absent: User, homes: frozenset[int], today: date, data: QueryDict | None = None, row: Grant | None = None
    ) -> None:
        super().__init__(data, initial=_of_grant(row) if row else {})
        holder: Any = self.fields["holder"]
        holder.queryset = colleagues(homes, today, but=absent.pk)
        places: Any = self.fields["municipality"]
        places.queryset = municipalities_by_key(homes)
        self.homes = homes
        if len(homes) == 1:
            del self.fields["municipality"]
        self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def home(self) -> int:
        """Return the municipality: the chosen one, or the only one."""
        chosen = self.cleaned_data.get("municipality")
        return chosen.pk if chosen else next(iter(self.homes))

    def wanted(self) -> Standing:
        """Return what the service is to save."""
        typed = self.cleaned_data
        return Standing(typed["holder"].pk, typed["valid_from"], typed["valid_until"])


def _of_grant(row: Grant) -> dict[str, Any]:
    names = ("holder", "valid_from", "valid_until")
    return {name: getattr(row, name) for name in names} | {"reason": row.why, "seen_version": row.version}
