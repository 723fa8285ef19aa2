"""Administration: the outbox, to look at.

Everybody sees their own municipality only: administrators what they keep, the operator everything.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from notifications.models import Reminder
from toimenpiteet.admin import kept_scope

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class OwnAdmin(ModelAdmin):
    """Shows the rows of the municipalities that the person keeps; no others exist."""

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        """Return the rows that exist for the person."""
        rows = super().get_queryset(request)
        return rows.filter(municipality__in=kept_scope(request).municipalities).select_related("municipality")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person keeps a municipality."""
        scope = kept_scope(request)
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


@admin.register(Reminder)
class ReminderAdmin(OwnAdmin):
    """The outbox, to look at."""

    list_display = ("due_at", "municipality", "name", "address", "state", "problem", "reason")
    list_filter = ("state",)
    list_select_related = ("municipality", "name", "address")
    search_fields = ("name__text", "address__text", "message_id")
    date_hierarchy = "due_at"
