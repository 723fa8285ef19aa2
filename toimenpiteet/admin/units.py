"""The units that are responsible for things."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet.admin.acts import ActForm, ActsAdmin
from toimenpiteet.admin.door import keeper
from toimenpiteet.admin.keeping import KeptInline, LinkAdmin, ShownAdmin, ShownInline
from toimenpiteet.forms import in_our_words
from toimenpiteet.languages import BY_CODE, columns_for
from toimenpiteet.models import GroupMember, HandedOver, Membership, Unit, UnitAlias, UnitHandover
from toimenpiteet.services import units
from toimenpiteet.services.errors import Invalid


class AliasInline(KeptInline):
    """Other spellings of the unit."""

    model = UnitAlias


class MembersInline(KeptInline):
    """The units in a group."""

    model = GroupMember
    fk_name = "group"
    verbose_name_plural = gettext_lazy("members of the group")


class UnitRolesInline(ShownInline):
    """Who has a role in the unit."""

    model = Membership


class RenameForm(ActForm):
    """A unit's new name and its first day."""

    on = forms.DateField(label=gettext_lazy("First day of the new name"), widget=AdminDateWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = _names() | self.fields
        in_our_words(self.fields)


def _names() -> dict[str, forms.Field]:
    return {
        f"name_{code}": forms.CharField(label=_(language.wanted) % {"text": _("Name")}, max_length=200, required=False)
        for code, language in BY_CODE.items()
    }


class EndForm(ActForm):
    """A unit's last day, and what follows it (its key)."""

    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=AdminDateWidget)
    successor = forms.CharField(
        label=gettext_lazy("Key of the unit that takes over"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "Needed when open plans are on the unit. When it is split, the keys of all units, with spaces between; the "
            "first one takes over the plans."
        ),
    )


@admin.register(Unit)
class UnitAdmin(ActsAdmin):
    """Responsible units; a new name or an end has a page of its own, since old records keep the old name."""

    list_display = ("name", "municipality", "kind", "parent", "email", "valid_until", "successor")
    list_filter = ("kind",)
    list_select_related = ("municipality", "parent", "successor")
    search_fields = (*columns_for("name"), "key", "aliases__text")
    inlines = (AliasInline, MembersInline, UnitRolesInline)
    fixed = ("municipality",)
    shown = ("successor",)
    acts = {"rename": gettext_lazy("New name from a day on"), "end": gettext_lazy("End the unit")}

    def columns(self) -> list[str]:
        """Return all but the successor, which renaming and ending set."""
        return [name for name in super().columns() if name != "successor"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Return members for groups only, and roles for units that exist."""
        if obj is None:
            return (AliasInline,)
        return self.inlines if obj.kind == "group" else (AliasInline, UnitRolesInline)

    def rename_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Let the unit go on under a new name."""

        def do(unit: Unit, typed: dict[str, Any]) -> str:
            names = {name: typed[name] for name in columns_for("name")}
            stamp = keeper(request).stamp(typed["reason"])
            scope = keeper(request).scope
            units.rename(unit.pk, names, on=typed["on"], version=typed["seen_version"] or 0, scope=scope, stamp=stamp)
            return _("The unit goes on under its new name; old records keep the old one.")

        return self.act(request, object_id, RenameForm, do, str(self.acts["rename"]))

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """End the unit."""

        def do(unit: Unit, typed: dict[str, Any]) -> str:
            units.end(
                unit.pk,
                last_day=typed["last_day"],
                successors=_units_of_keys(unit.municipality_id, typed["successor"]),
                version=typed["seen_version"] or 0,
                scope=keeper(request).scope,
                stamp=keeper(request).stamp(typed["reason"]),
            )
            return _("The unit ends on its last day.")

        return self.act(request, object_id, EndForm, do, str(self.acts["end"]))


def _units_of_keys(municipality: int, typed: str) -> list[int]:
    keys = typed.replace(",", " ").split()
    found = dict(Unit.objects.filter(municipality=municipality, key__in=keys).values_list("key", "pk"))
    for key in keys:
        if key not in found:
            raise Invalid(
                _("There is no unit with the key %(key)s. See the list of units.") % {"key": key}, field="successor"
            )
    return [found[key] for key in keys]


@admin.register(UnitAlias)
class UnitAliasAdmin(LinkAdmin):
    """Other spellings of units."""

    list_display = ("text", "unit")
    list_select_related = ("unit",)
    search_fields = ("text", *columns_for("unit__name"))
    fixed = ("unit",)


@admin.register(GroupMember)
class GroupMemberAdmin(LinkAdmin):
    """Which unit belongs to which group."""

    list_display = ("group", "unit")
    list_select_related = ("group", "unit")
    search_fields = (*columns_for("group__name"), *columns_for("unit__name"))
    fixed = ("group", "unit")


@admin.register(UnitHandover)
class UnitHandoverAdmin(ShownAdmin):
    """What follows a unit that has ended, or will."""

    list_display = ("unit", "kind", "successor")
    list_filter = ("kind",)
    list_select_related = ("unit", "successor")
    search_fields = columns_for("unit__name")


@admin.register(HandedOver)
class HandedOverAdmin(ShownAdmin):
    """What went over when a unit's end was decided."""

    list_display = ("unit", "act", "thing", "row")
    list_filter = ("act", "thing")
    list_select_related = ("unit",)
    search_fields = columns_for("unit__name")
