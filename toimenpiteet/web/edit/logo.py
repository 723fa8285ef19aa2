"""The municipality's logo: looked at, replaced and taken away, with a reason as all that is kept."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet.models import Stamp
from toimenpiteet.selectors.strategies.logos import logo_words
from toimenpiteet.services import logos
from toimenpiteet.web.edit.context import EditContext, edit_context, keeper
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.edit.pages import around
from toimenpiteet.web.request import GET_OR_POST, say_done

_TAKE_AWAY = "take-away"


class LogoForm(WhyForm):
    """A picture, and why it becomes the logo. What is wrong with it is said by the service."""

    file = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG or JPEG, at most 1 MB, with sides of 40 to 3000 pixels."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(logos.TYPES)}),
    )

    def ask_again(self) -> None:
        """Say that a picture which was sent has to be chosen again, where only something else was wrong."""
        if self.errors and self.files and "file" not in self.errors:
            self.add_error("file", _("Choose the picture again: the browser does not keep it."))


@GET_OR_POST
@keeper
def logo(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the logo; a POST replaces it with a picture, or takes it away."""
    at = edit_context(request, EDITABLES["municipality"], pk)
    form = LogoForm(request.POST or None, request.FILES or None, initial={"seen_version": at.row.version})
    away = request.POST.get("act") == _TAKE_AWAY
    if form.carried_out(lambda: _take_away(at, form) if away else _put(at, form)):
        say_done(request, _("The logo was taken away.") if away else _("The logo was saved."))
        return HttpResponseRedirect(reverse("edit-logo", args=[pk]), status=303)
    form.ask_again()
    context = {**_around(at), "form": form, "logo": at.row.logo, "take_away": _TAKE_AWAY}
    return render(request, "toimenpiteet/edit/logo.html", context, status=form.answer_status)


def _put(at: EditContext, form: LogoForm) -> None:
    file = form.cleaned_data["file"]
    logos.put(at.row.pk, file.read() if file else b"", version=form.version, scope=at.me.scope, stamp=_stamp(at, form))


def _take_away(at: EditContext, form: LogoForm) -> None:
    logos.take_away(at.row.pk, version=form.version, scope=at.me.scope, stamp=_stamp(at, form))


def _stamp(at: EditContext, form: LogoForm) -> Stamp:
    return at.stamp(form.cleaned_data["reason"])


def _around(at: EditContext) -> dict[str, Any]:
    """Return what the page shows of the municipality, to whose own page it leads back."""
    found = around(at)
    *ways, (name, _here) = found["crumbs"]
    return found | {
        "crumbs": [*ways, (name, reverse("edit", args=[at.editable, at.row.pk])), (_("Logo"), "")],
        "alt": logo_words(at.row),
    }
