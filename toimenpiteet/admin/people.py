"""People, their roles, and the units that are responsible for things."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.admin.acts import ActForm, ActsAdmin
from toimenpiteet.admin.door import keeper, noting
from toimenpiteet.admin.forms import KeptPageForm, RefusableForm
from toimenpiteet.admin.keeping import KeptAdmin, ShownAdmin, ShownInline
from toimenpiteet.forms import why
from toimenpiteet.labels import ROLE, choices
from toimenpiteet.languages import DEFAULT, columns_for
from toimenpiteet.models import (
    Grant,
    GrantPlan,
    Membership,
    Municipality,
    MunicipalityRole,
    Unit,
    User,
)
from toimenpiteet.services import people, roles
from toimenpiteet.services.roles import WantedRole
from toimenpiteet.workflow import Role


@admin.register(Municipality)
class MunicipalityAdmin(KeptAdmin):
    """Municipalities; only the operator adds them."""

    list_display = ("name", "key", "language")
    search_fields = (*columns_for("name"), "key")
    shown = ("demonstration",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person is the operator."""
        return bool(access.may(keeper(request).scope, Verb.ADD_MUNICIPALITY, None))

    def columns(self) -> list[str]:
        """Return all but what the demonstration sets."""
        return [name for name in super().columns() if name not in self.shown]


# Roles


class RoleForm(KeptPageForm):
    """A role: a last day is all that can be changed of one that was given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "valid_until" in self.fields:
            self.fields["valid_until"].required = True


class RoleAdmin(KeptAdmin):
    """Roles are given and ended, never deleted."""

    form = RoleForm
    list_filter = ("role",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a role ends, and stays in the record."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Give or end the role through services.people."""
        with noting(request, form.prefix):
            by: dict[str, Any] = {
                "scope": keeper(request).scope,
                "stamp": keeper(request).stamp(form.cleaned_data["reason"]),
            }
            if change:
                roles.end_role(obj, form.cleaned_data["valid_until"], version=form.version, **by)
                return
            made = roles.grant(obj.user_id, _wanted(form.cleaned_data), **by)
            obj.pk = made.pk


def _wanted(typed: dict[str, Any]) -> WantedRole:
    return WantedRole(
        role=Role(typed["role"]),
        unit=typed["unit"].pk if typed.get("unit") else None,
        municipality=typed["municipality"].pk if typed.get("municipality") else None,
        valid_from=typed.get("valid_from"),
        valid_until=typed.get("valid_until"),
    )


@admin.register(Membership)
class MembershipAdmin(RoleAdmin):
    """Roles in units."""

    list_display = ("user", "unit", "role", "valid_from", "valid_until")
    list_select_related = ("user", "unit")
    search_fields = ("user__name", "user__email", *columns_for("unit__name"))
    fixed = ("user", "unit", "role", "valid_from")


@admin.register(MunicipalityRole)
class MunicipalityRoleAdmin(RoleAdmin):
    """Roles in municipalities."""

    list_display = ("user", "municipality", "role", "valid_from", "valid_until")
    list_select_related = ("user", "municipality")
    search_fields = ("user__name", "user__email")
    fixed = ("user", "municipality", "role", "valid_from")


# People


class InviteForm(RefusableForm):
    """Who is invited, and as what: in a unit, or in a municipality."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=choices(ROLE))
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        required=False,
        label=gettext_lazy("In the unit"),
        help_text=gettext_lazy("For managers and contributors."),
    )
    municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.none(),
        required=False,
        label=gettext_lazy("In the municipality"),
        help_text=gettext_lazy("For directors, viewers and administrators."),
    )
    reason = why()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = keeper(self.request).scope
        in_force = access.visible(scope, Unit).filter(successor=None).order_by(f"name_{DEFAULT}")
        self.fields["unit"].queryset = in_force  # type: ignore[attr-defined]  # a choice among what the person keeps
        self.fields["municipality"].queryset = access.visible(scope, Municipality)  # type: ignore[attr-defined]


class PersonForm(RefusableForm):
    """A person's name, address and language; the operator, the roles and the password are not set here."""

    reason = why()


class PersonRolesInline(ShownInline):
    """The person's roles in units."""

    model = Membership


class PersonOfficesInline(ShownInline):
    """The person's roles in municipalities."""

    model = MunicipalityRole


@admin.register(User)
class PersonAdmin(ActsAdmin):
    """People: invited, changed, deactivated; never deleted."""

    form = PersonForm
    list_display = ("name", "email", "language", "is_active", "is_staff")
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    shown = ("is_active", "is_staff", "date_joined", "last_login")
    acts = {"invite": gettext_lazy("Send the invitation again"), "deactivate": gettext_lazy("Deactivate")}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked of somebody new, or shown of somebody known."""
        if obj is None:
            return [
                (None, {"fields": ("email", "name", "language")}),
                (gettext_lazy("First role"), {"fields": ("role", "unit", "municipality")}),
                (gettext_lazy("The change"), {"fields": ("reason",)}),
            ]
        return [
            (None, {"fields": ("name", "email", "language", *self.shown)}),
            (gettext_lazy("The change"), {"fields": ("reason",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what is only shown."""
        return self.shown if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Ask for a role of somebody new."""
        return super().get_form(request, obj, change, **({"form": InviteForm} if obj is None else {}) | kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show the roles of somebody known."""
        return (PersonRolesInline, PersonOfficesInline) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: people are deactivated, and their names stay in the record."""
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Do nothing: roles are only shown here."""
        formset.save(commit=False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Invite or change the person through services.people."""
        scope, typed = keeper(request).scope, form.cleaned_data
        values = {name: typed[name] for name in ("name", "email", "language")}
        with noting(request, form.prefix):
            stamp = keeper(request).stamp(typed["reason"])
            if change:
                people.edit(obj.pk, **values, scope=scope, stamp=stamp)
                return
            invitation = people.invite(**values, grants=[_wanted(typed)], scope=scope, stamp=stamp)
        obj.pk = invitation.user.pk
        request._invitation = invitation  # type: ignore[attr-defined]  # told about once its mail has left

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell, after the commit, what became of the invitation's mail."""
        response = super().changeform_view(request, *args, **kwargs)
        self._tell(request)
        return response

    def _tell(self, request: HttpRequest) -> None:
        invitation = getattr(request, "_invitation", None)
        if invitation and invitation.problem:
            self.message_user(request, invitation.problem, messages.ERROR)
        elif invitation and invitation.sent:
            self.message_user(request, invitation.told())

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Mail the person a new link."""

        def do(person: User, typed: dict[str, Any]) -> str:
            invitation = people.invite_again(
                person.pk, scope=keeper(request).scope, stamp=keeper(request).stamp(typed["reason"])
            )
            request._invitation = invitation  # type: ignore[attr-defined]
            return pgettext("invitation", "A new link was made.")

        response = self.act(request, object_id, ActForm, do, str(self.acts["invite"]))
        self._tell(request)
        return response

    def deactivate_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """End the person's roles here, and the account when there are none elsewhere."""

        def do(person: User, typed: dict[str, Any]) -> str:
            people.deactivate(person.pk, scope=keeper(request).scope, stamp=keeper(request).stamp(typed["reason"]))
            return _("The person's roles have ended. The name stays in the record.")

        return self.act(request, object_id, ActForm, do, str(self.acts["deactivate"]))


@admin.register(Grant)
class GrantAdmin(ShownAdmin):
    """Who stands in for whom, and who answers for whom; kept on people's own pages."""

    list_display = ("kind", "on_behalf_of", "holder", "municipality", "valid_from", "valid_until")
    list_filter = ("kind",)
    list_select_related = ("on_behalf_of", "holder", "municipality")
    search_fields = ("holder__name", "on_behalf_of__name")


@admin.register(GrantPlan)
class GrantPlanAdmin(ShownAdmin):
    """The plans that a grant lets somebody answer for."""

    list_display = ("grant", "plan")
    list_select_related = ("grant", "plan")
    search_fields = columns_for("plan__item__name")
