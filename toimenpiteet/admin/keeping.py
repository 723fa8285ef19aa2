"""The shape of every admin page here: own municipality only, saved by services, with a reason, never behind history."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet import access
from toimenpiteet.admin.door import keeper, noting
from toimenpiteet.admin.forms import KeptForm, KeptPageForm, ReasonForm, RefusableForm
from toimenpiteet.languages import base_of
from toimenpiteet.models import Audited, RecordedName, User
from toimenpiteet.selectors.history.trail import trail
from toimenpiteet.services import changing, rules
from toimenpiteet.services.errors import DomainError, Stale

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

_SOURCE = ("key", "order", "source", "doubt")


class OwnRows:
    """Shows and offers the rows of the municipalities that the person keeps, and no others exist."""

    model: type[Any]
    opts: Any
    # Links between rows are kept on the pages of what they link; their own pages stay off the front page.
    listed = True
    # Chosen once, when the row is made.
    fixed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        """Return the rows that exist for the person."""
        rows = _kept(request, self.model)
        ordering = self.get_ordering(request)  # type: ignore[attr-defined]  # of the admin class beside this one
        return rows.order_by(*ordering) if ordering else rows

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> "models.QuerySet[Any] | None":
        """Offer what the person keeps as the choices of a relation; a recorded name is never chosen."""
        model = db_field.remote_field.model
        return model._default_manager.none() if model is RecordedName else _kept(request, model)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Search in every relation: a city has thousands of items."""
        return [field.name for field in self.opts.fields if field.is_relation]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """Return what is only shown."""
        return (*self.fixed, *self.shown) if obj else ()

    def columns(self) -> list[str]:
        """Return the model's own editable fields, each translated text in its languages."""
        taken = {name.removesuffix("_id") for name in rules.TAKEN_FROM.get(self.model, {})}
        originals = (getattr(field, "translated_field", None) for field in self.opts.fields)
        mirrored = {original.name for original in originals if original}
        names = [field.name for field in self.opts.fields if field.editable and not field.primary_key]
        return [name for name in names if name not in taken | mirrored]

    def _may(self, request: HttpRequest) -> bool:
        return keeper(request).may_enter

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person keeps anything that the front page is to list."""
        return self.listed and self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the person keeps anything; rows of others are not found in the first place."""
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise; what others depend on is refused when it comes to it."""
        return self._may(request)


def _kept(request: HttpRequest, model: type[models.Model]) -> "models.QuerySet[Any]":
    scope = keeper(request).scope
    return access.people(scope) if model is User else access.visible(scope, model)


class KeptAdmin(OwnRows, ModelAdmin):
    """The pages of one tracked model."""

    form: Any = KeptPageForm
    actions = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    delete_confirmation_template = "admin/toimenpiteet/delete_confirmation.html"
    object_history_template = "admin/toimenpiteet/object_history.html"

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Filter by the page's own filters only: a password's column could be guessed letter by letter."""
        named = {name[0] if isinstance(name, list | tuple) else name for name in self.list_filter}
        return lookup.split("__", maxsplit=1)[0] in named and bool(super().lookup_allowed(lookup, value, request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the model holds, then where it came from, then the reason."""
        names = self.columns()
        shown = [*self.shown, "version"] if obj and hasattr(obj, "version") else list(self.shown) if obj else []
        sets: list[Any] = [(None, {"fields": _in_rows([name for name in names if name not in _SOURCE]) + shown})]
        source = [name for name in _SOURCE if name in names]
        if source:
            sets.append((gettext_lazy("Key and source"), {"fields": source, "classes": ["collapse"]}))
        if self.has_change_permission(request, obj):
            sets.append((gettext_lazy("The change"), {"fields": ("reason", "seen_version")}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what is only shown, and the version."""
        return (*super().get_readonly_fields(request, obj), "version") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Return the form class of this request."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        return RefusableForm.for_request(form, request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row; raises Http404 when it does not exist for the person."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    # Saving

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save; when a service refuses, nothing stands and the form comes back as typed, saying why."""
        try:
            with changing.act():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            response = super().changeform_view(request, object_id, form_url, extra_context)
            response.status_code = error.http_status if isinstance(error, Stale) else 422
            return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Write the row through services.changing."""
        with noting(request, form.prefix):
            by: dict[str, Any] = {
                "scope": keeper(request).scope,
                "stamp": keeper(request).stamp(form.cleaned_data["reason"]),
            }
            if change:
                changing.change(self.model, obj.pk, form.written(), version=form.version, **by)
            else:
                changing.add(obj, **by)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Write the rows below through services.changing: new ones first, so that the last one can be exchanged."""
        formset.save(commit=False)
        by: dict[str, Any] = {
            "scope": keeper(request).scope,
            "stamp": keeper(request).stamp(form.cleaned_data["reason"]),
        }
        removed = formset.deleted_forms
        for row in sorted(formset.forms, key=lambda row: row.instance.pk is not None):
            with noting(request, row.prefix):
                _save_row(row, removed=row in removed, by=by)

    # Removing

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Remove, with a reason; say so when a service refuses."""
        try:
            return super().delete_view(request, object_id, {"reason_form": ReasonForm(), **(extra_context or {})})
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the row through services.changing."""
        stamp = keeper(request).stamp(request.POST.get("reason", ""))
        changing.remove(self.model, obj.pk, scope=keeper(request).scope, stamp=stamp)

    # Looking back

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Show what the record holds of the row; nothing here can be undone or rewritten."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        entries = trail(type(obj), obj.pk) if isinstance(obj, Audited) else []
        context = {"title": _("History"), "object": obj, "entries": entries, **(extra_context or {})}
        return TemplateResponse(request, self.object_history_template, self.page(request, context))

    def page(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """Return `context` with what every admin page expects."""
        return {**self.admin_site.each_context(request), "opts": self.opts, **context}


def _in_rows(names: list[str]) -> list[Any]:
    """Put the languages of a text on one line."""
    rows: list[Any] = []
    for base, group in groupby(names, base_of):
        alike = tuple(group)
        rows += [alike] if base else alike
    return rows


def _save_row(row: Any, *, removed: bool, by: dict[str, Any]) -> None:
    obj = row.instance
    if obj.pk is None:
        if row.has_changed() and not removed:
            changing.add(obj, **by)
    elif removed:
        changing.remove(type(obj), obj.pk, version=row.version, **by)
    elif row.written():
        changing.change(type(obj), obj.pk, row.written(), version=row.version, **by)


class KeptInline(OwnRows, TabularInline):
    """Rows that belong to the row of the page, saved with it."""

    form: Any = KeptForm
    extra = 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what the model holds, without what only a document says."""
        return [*(name for name in self.columns() if name not in _SOURCE or name == "order"), "seen_version"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what is only shown, on old rows and new."""
        return self.shown

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class of this request."""
        made: Any = super().get_formset(request, obj, **kwargs)
        made.form = RefusableForm.for_request(made.form, request)
        return made


class LinkAdmin(KeptAdmin):
    """The pages of what belongs to another row, and is kept on that row's page as well."""

    listed = False


class ShownInline(KeptInline):
    """Rows that are only shown here; they have pages or services of their own."""

    form = RefusableForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is said of each row."""
        return self.fields or self.columns()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class ShownAdmin(KeptAdmin):
    """Pages that only show: what is written by people at their work, or by moves."""

    form = RefusableForm

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    has_change_permission = has_delete_permission = has_add_permission
