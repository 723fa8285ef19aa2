"""Acts that are more than filling in a row: a page that asks for what the act needs, and why."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from toimenpiteet.admin.keeping import KeptAdmin
from toimenpiteet.forms import in_our_words, place_of, told, why
from toimenpiteet.services.errors import DomainError, Stale


class ActForm(forms.Form):
    """Asks why, and carries the version that the person saw; an act adds what else it asks for."""

    reason = why()
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        in_our_words(self.fields)


class ActsAdmin(KeptAdmin):
    """A page with acts of its own: name of the address → words on the link."""

    change_form_template = "admin/toimenpiteet/change_form.html"
    acts: dict[str, Any] = {}

    def get_urls(self) -> list[Any]:
        """Put the acts before Django's own addresses."""
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(getattr(self, f"{name}_view")),
                name=f"{self.opts.model_name}_{name}",
            )
            for name in self.acts
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the acts among the page's tools."""
        acts = [
            (reverse(f"admin:{self.opts.model_name}_{name}", args=[object_id]), words)
            for name, words in self.acts.items()
        ]
        return super().change_view(request, object_id, form_url, {"acts": acts, **(extra_context or {})})

    def act(
        self,
        request: HttpRequest,
        object_id: str,
        form_class: type[ActForm],
        do: Callable[[Any, dict[str, Any]], str],
        title: str,
    ) -> HttpResponseBase:
        """Ask for what `form_class` asks, then do one thing to the row; `do` returns what to tell the person."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        form = form_class(request.POST or None, initial={"seen_version": getattr(obj, "version", 0)})
        if request.method == "POST" and form.is_valid():
            try:
                told = do(obj, form.cleaned_data)
            except DomainError as error:
                _refuse(form, error)
            else:
                self.message_user(request, told)
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        status = 422 if form.is_bound else 200
        context = self.page(request, {"title": title, "object": obj, "form": form, "media": self.media})
        return TemplateResponse(request, "admin/toimenpiteet/act.html", context, status=status)


def _refuse(form: ActForm, error: DomainError) -> None:
    form.add_error(place_of(error, form.fields), error.message)
    if isinstance(error, Stale):
        form.data = told(form.data, "seen_version", error)
