"""The operator's look at the tables: every row that the record keeps, with its history, and nothing to edit.

What has a page of the product is edited there. A municipality has none for its first day, so it is added here, by the
operator alone. Administrators who are staff see the rows of their own municipality.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import AuthToken

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Actor, Audited, Door, Municipality, Told, User
from toimenpiteet.selectors.history.trail import trail
from toimenpiteet.services import audited, changing, text
from toimenpiteet.services.errors import DomainError
from toimenpiteet.translation import TRANSLATED

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    Rows = models.QuerySet[Any]
else:
    ModelAdmin, Rows = admin.ModelAdmin, models.QuerySet

_COLUMNS = 7
_SECRET = {"password"}


def kept_scope(request: HttpRequest) -> Scope:
    """Return what the person keeps, asked once in a request: a page asks it for every table in its menu, twice."""
    found: Scope | None = getattr(request, "_kept_scope", None)
    if found is None:
        user = request.user if isinstance(request.user, User) else None
        found = access.administered(access.scope_of(user, local_day(timezone.now())))
        request._kept_scope = found  # type: ignore[attr-defined]  # noqa: SLF001  # our own mark, for the length of the request
    return found


class LookAdmin(ModelAdmin):
    """The pages of one model: a list, a row with its history; lists and filters follow from the columns."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    object_history_template = "admin/toimenpiteet/object_history.html"

    def _fields(self, *kinds: type[Any]) -> list[Any]:
        """Return the columns of some kinds, each translated text once, without secrets."""
        mirrors = {column for name in TRANSLATED.get(self.model, ()) for column in columns_for(name)}
        own = (field for field in self.opts.concrete_fields if field.name not in mirrors | _SECRET)
        return [field for field in own if isinstance(field, kinds) and not field.primary_key]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return what the row is called, what it belongs to, what it was chosen to be, and its days."""
        links = [field.name for field in self._fields(models.ForeignKey)]
        chosen = [field.name for field in self._fields(models.CharField, models.BooleanField) if self._is_chosen(field)]
        days = [field.name for field in self._fields(models.DateField)]
        return ["__str__", *links, *chosen, *days][:_COLUMNS]

    @staticmethod
    def _is_chosen(field: Any) -> bool:
        return bool(field.choices) or isinstance(field, models.BooleanField)

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """Return the links that the list shows: one query, however many rows."""
        return [field.name for field in self._fields(models.ForeignKey)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the columns with few values."""
        return [field.name for field in self._fields(models.CharField, models.BooleanField) if self._is_chosen(field)]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the texts of the row, or else the names of what it belongs to."""
        translated = [column for name in TRANSLATED.get(self.model, ()) for column in columns_for(name)]
        own = [field.name for field in self._fields(models.CharField, models.TextField) if not field.choices]
        links = self._fields(models.ForeignKey)
        named = (link.name for link in links if "name" in TRANSLATED.get(link.related_model, ()))
        return translated + own or [column for name in named for column in columns_for(f"{name}__name")]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Filter by the page's own filters only: a password's column could be guessed letter by letter."""
        return lookup.split("__", maxsplit=1)[0] in self.get_list_filter(request)

    def get_queryset(self, request: HttpRequest) -> Rows:
        """Return the rows that exist for the person."""
        scope, ordering = kept_scope(request), self.get_ordering(request)
        rows: Rows = access.people(scope) if self.model is User else access.visible(scope, self.model)
        return rows.order_by(*ordering) if ordering else rows

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Leave out what nobody reads, not even as a digest."""
        return sorted(_SECRET)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row; raises Http404 when it does not exist for the person."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person keeps a municipality, or runs the installation."""
        scope = kept_scope(request)
        staff = scope.user is not None and scope.user.is_staff
        return staff and (scope.operator or bool(scope.municipalities))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise; rows of others are not found in the first place."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows are made on the pages of the product."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are edited on the pages of the product."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are removed on the pages of the product."""
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Show what the record holds of the row; nothing here can be undone or rewritten."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        entries = trail(type(obj), obj.pk) if isinstance(obj, Audited) else []
        context = {"title": _("History"), "object": obj, "entries": entries, "opts": self.opts, **(extra_context or {})}
        whole = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, self.object_history_template, whole)


class MunicipalityForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A new municipality, and why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)

    class Meta:
        model = Municipality
        fields = (*columns_for("name"), "key", "language")


class MunicipalityAdmin(LookAdmin):
    """Municipalities; the operator adds them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person is the operator."""
        return self.has_module_permission(request) and bool(
            access.may(kept_scope(request), Verb.ADD_MUNICIPALITY, None)
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's own signature
        """Ask for what a new one needs; of one that is there everything is shown."""
        return super().get_form(request, obj, change, **kwargs) if obj else MunicipalityForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Likewise."""
        return super().get_fields(request, obj) if obj else [*MunicipalityForm.Meta.fields, "reason"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's own signature
        """Add the municipality through services.changing."""
        user: Any = request.user
        stamp = audited.stamp(
            Actor.person(user, Door.ADMIN), text.reason_of(form.cleaned_data["reason"]), timezone.now()
        )
        changing.add(obj, scope=kept_scope(request), stamp=stamp)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Add; when a service refuses, say why and come back with what was typed."""
        try:
            return super().add_view(request, form_url, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            typed = {name: request.POST.get(name, "") for name in (*MunicipalityForm.Meta.fields, "reason")}
            return HttpResponseRedirect(f"{request.path}?{urlencode(typed)}")


def _register() -> None:
    for model in apps.get_app_config("toimenpiteet").get_models():
        # Moves stand in the history of their plan; names are shown where they were recorded.
        if issubclass(model, Audited) or model is Told:
            admin.site.register(model, MunicipalityAdmin if model is Municipality else LookAdmin)


_register()
# One door for signing in, with one limit of attempts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it
# Rights come through roles (access), never through Django's groups.
admin.site.unregister(Group)
# Tokens are issued to the person who signs in, and addresses belong to services.people.
admin.site.unregister(AuthToken)
admin.site.unregister(EmailAddress)
admin.site.site_header = admin.site.site_title = _("Administration")
admin.site.index_title = _("People, units and strategies")
admin.site.enable_nav_sidebar = False
