"""Administration: substitutions are kept here, through their service; the outbox is only looked at.

Everybody sees their own municipality only: administrators what they keep, the operator everything.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from notifications import substitutions
from notifications.models import Reminder, Substitution
from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, Municipality, User
from toimenpiteet.services.errors import DomainError, Stale

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Substitution]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm


def _scope(request: HttpRequest) -> Scope:
    user = request.user if isinstance(request.user, User) else None
    return access.administered(access.scope_of(user, local_day(timezone.now())))


class OwnAdmin(ModelAdmin):
    """Shows the rows of the municipalities that the person keeps; no others exist."""

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        """Return the rows that exist for the person."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.filter(municipality__in=_scope(request).municipalities).select_related("municipality")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person keeps a municipality."""
        scope = _scope(request)
        return scope.user is not None and scope.user.is_staff and bool(scope.municipalities)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise; rows of others are not found in the first place."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows are made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are written elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what was, stays."""
        return False


class SubstitutionForm(ModelForm):
    """A substitution, refused in the form when the service would refuse it."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Substitution
        fields = ("municipality", "absent", "substitute", "valid_from", "valid_until", "both")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Ask the service's rules, and whether somebody else has changed the row since it was shown."""
        given = super().clean() or {}
        if self.instance.pk and given.get("seen_version") != self.instance.version:
            raise ValidationError(Stale(self.instance).message)
        if not self.errors:
            try:
                substitutions.check(self._candidate(given))
            except DomainError as error:
                raise ValidationError({error.field: error.message}) from error
        return given

    def _candidate(self, given: dict[str, Any]) -> Substitution:
        values = {name: value for name, value in given.items() if name != "seen_version"}
        # The municipality of an existing substitution is shown, not asked.
        own = {} if "municipality" in values else {"municipality_id": self.instance.municipality_id}
        return Substitution(**own, **values)


@admin.register(Substitution)
class SubstitutionAdmin(OwnAdmin):
    """Who stands in for whom. A substitution that is over stays: it explains who was told."""

    form = SubstitutionForm
    list_display = ("absent", "substitute", "municipality", "valid_from", "valid_until", "both")
    list_select_related = ("absent", "substitute", "municipality")

    def get_readonly_fields(self, request: HttpRequest, obj: Substitution | None = None) -> tuple[str, ...]:
        """Keep a substitution in its municipality."""
        return ("municipality",) if obj else ()

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> "models.QuerySet[Any] | None":
        """Offer the people and municipalities that the person keeps."""
        scope = _scope(request)
        if db_field.remote_field.model is User:
            return access.people(scope)
        return Municipality.objects.filter(pk__in=scope.municipalities)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person keeps a municipality."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: Substitution, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save through the service, in the person's name."""
        assert isinstance(request.user, User)  # noqa: S101  # the admin lets nobody else in
        substitutions.stand_in(
            obj,
            actor=Actor.person(request.user, Door.ADMIN),
            now=timezone.now(),
            version=form.cleaned_data["seen_version"] if change else None,
        )


@admin.register(Reminder)
class ReminderAdmin(OwnAdmin):
    """The outbox, to look at."""

    list_display = ("due_at", "municipality", "name", "address", "state", "problem", "reason")
    list_filter = ("state",)
    list_select_related = ("municipality", "name", "address")
    search_fields = ("name__text", "address__text", "message_id")
    date_hierarchy = "due_at"
