"""A unit that goes on under a new name, or ends: first what would move, then the act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet.labels import Label
from toimenpiteet.languages import CODES
from toimenpiteet.models import Unit, UnitHandover
from toimenpiteet.selectors.edit import handover
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.selectors.units.successors import Ending, ending
from toimenpiteet.services import rules
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.units import units
from toimenpiteet.web.edit.context import EditContext, edit_context, keeper
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.web.edit.fields import RowChoice, RowChoices, in_language
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.edit.pages import around
from toimenpiteet.web.forms import day_field
from toimenpiteet.web.request import GET_OR_POST, say_done
from toimenpiteet.web.saying import about

_DAY = timedelta(days=1)


def _day(label: Label, help_text: Label) -> forms.DateField:
    # What moves on a day is shown before a service is asked, which would refuse it.
    possible = [
        MinValueValidator(date(rules.FIRST_YEAR, 1, 1)),
        MaxValueValidator(date(rules.LAST_YEAR, 12, 31)),
    ]
    return day_field(label, help_text, required=True, validators=possible)


class UnitForm(WhyForm):
    """What an act on a unit asks; the reason only once the person has seen what moves."""

    def __init__(self, at: EditContext, data: QueryDict | None = None, *, asks_why: bool = True) -> None:
        super().__init__(data, initial={"seen_version": at.row.version, **self.known(at)})
        reason = self.fields.pop("reason")
        self.fields |= self.asked(at)
        if asks_why:
            self.fields["reason"] = reason

    def known(self, at: EditContext) -> dict[str, Any]:
        """Return what the form begins with."""
        return {}

    def asked(self, at: EditContext) -> dict[str, forms.Field]:
        """Return the fields of the act."""
        raise NotImplementedError


class EndForm(UnitForm):
    """A unit's last day, and the unit that follows it; when it is split, the others that do."""

    def known(self, at: EditContext) -> dict[str, Any]:
        """Begin with what is planned already."""
        found = _planned(at)
        if found is None:
            return {}
        follow = [named.pk for named in found.successors]
        return {"last_day": at.row.valid_until, "successor": follow[0] if follow else None, "others": follow[1:]}

    def asked(self, at: EditContext) -> dict[str, forms.Field]:
        """Ask for the day and the units."""
        planned = _planned(at)
        choices = at.choices(Unit, [named.pk for named in planned.successors] if planned else [])
        successor = RowChoice(
            queryset=choices,
            required=False,
            label=gettext_lazy("The unit that takes over"),
            help_text=gettext_lazy("Needed when open plans or steps are on this unit."),
        )
        others = RowChoices(
            queryset=choices,
            required=False,
            label=gettext_lazy("When it is split: the other units that go on from it"),
            help_text=gettext_lazy("The plans, spellings and groups go to the one above; these are told of as well."),
        )
        successor.own = others.own = at.own
        last = _day(gettext_lazy("Last day"), gettext_lazy("The unit is in force to the end of this day."))
        return {"last_day": last, "successor": successor, "others": others}

    def clean(self) -> dict[str, Any]:
        """Ask for the first of several."""
        typed = super().clean() or {}
        if typed.get("others") and not typed.get("successor"):
            self.add_error("successor", _("Choose the unit that takes over the plans first."))
        return typed

    def successors(self) -> list[Any]:
        """Return the units that follow, the one that takes over first."""
        typed = self.cleaned_data
        return [unit for unit in (typed.get("successor"), *(typed.get("others") or ())) if unit is not None]


class RenameForm(UnitForm):
    """A unit's new name and its first day."""

    def known(self, at: EditContext) -> dict[str, Any]:
        """Begin with the name that it has."""
        return {f"name_{code}": getattr(at.row, f"name_{code}") for code in CODES}

    def asked(self, at: EditContext) -> dict[str, forms.Field]:
        """Ask for the day and the names."""
        on = _day(gettext_lazy("First day of the new name"), gettext_lazy("Old records keep the old name."))
        order = sorted(CODES, key=lambda code: code != at.own)
        return {"on": on} | {f"name_{code}": self._name(code, at.own) for code in order}

    def _name(self, code: str, own: str) -> forms.CharField:
        label = in_language(_("New name"), code, own)
        field = forms.CharField(label=label, required=code == own, max_length=200)
        field.widget.attrs["lang"] = code
        field.widget.attrs.pop("maxlength", None)
        return field


@GET_OR_POST
@keeper
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the last day and the successor, show what moves, then end the unit: nothing happens before the POST.

    An end that is planned and still to come can be planned anew, or taken back.
    """
    at = edit_context(request, EDITABLES["unit"], pk)

    def do(form: EndForm) -> str:
        typed = form.cleaned_data
        units.end(
            pk,
            last_day=typed["last_day"],
            successors=[unit.pk for unit in form.successors()],
            version=form.version,
            scope=at.me.scope,
            stamp=at.stamp(typed["reason"]),
        )
        return _("The unit ends on its last day.")

    found = _planned(at)
    planned = {"planned": _in_words(found), "renamed": found.renamed} if found else {}
    return _act(request, at, EndForm, do, "end.html", planned)


def _planned(at: EditContext) -> Ending | None:
    found = ending(at.row, at.own, at.me.today)
    return found if found and found.to_come else None


def _in_words(planned: Ending) -> str:
    named = ", ".join(unit.name.text for unit in planned.successors)
    words = {"day": planned.last_day, "next": planned.next_day, "unit": named, "units": named}
    return str(_PLANNED[planned.kind]) % words


_PLANNED = {
    "": gettext_lazy("It is planned that the unit ends on %(day)s."),
    UnitHandover.Kind.RENAMED: gettext_lazy("It is planned that the unit is called %(unit)s from %(next)s."),
    UnitHandover.Kind.MERGED: gettext_lazy("It is planned that the unit ends on %(day)s and is merged into %(unit)s."),
    UnitHandover.Kind.SPLIT: gettext_lazy(
        "It is planned that the unit ends on %(day)s and is split; these go on from it: %(units)s."
    ),
}


@GET_OR_POST
@keeper
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then let a unit go on whose end, or new name, is planned and still to come."""
    at = edit_context(request, EDITABLES["unit"], pk)
    form = WhyForm(request.POST or None, initial={"seen_version": at.row.version})

    def do() -> None:
        stamp = at.stamp(form.cleaned_data["reason"])
        units.take_back(pk, version=form.version, scope=at.me.scope, stamp=stamp)

    if form.carried_out(do):
        say_done(request, about(_("%(name)s goes on as before."), name=text_of(at.row, "name", at.own)))
        return HttpResponseRedirect(reverse("edit", args=[at.editable, pk]), status=303)
    title, planned = _("Take back what is planned"), _planned(at)
    lede = _in_words(planned) if planned else _("Nothing that could be taken back is planned for the unit.")
    *above, (name, _here) = around(at)["crumbs"]
    crumbs = [*above, (name, reverse("edit", args=[at.editable, pk])), (title, "")]
    words = {"title": title, "lede": lede, "button": title, "crumbs": crumbs}
    return render(request, "toimenpiteet/edit/act.html", {"form": form, **words}, status=form.answer_status)


@GET_OR_POST
@keeper
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the new name and its first day, show what moves, then let the unit go on under it."""
    at = edit_context(request, EDITABLES["unit"], pk)

    def do(form: RenameForm) -> str:
        typed = form.cleaned_data
        names = {f"name_{code}": typed[f"name_{code}"] for code in CODES}
        stamp = at.stamp(typed["reason"])
        units.rename(pk, names, on=typed["on"], version=form.version, scope=at.me.scope, stamp=stamp)
        return _("The unit goes on under its new name; old records keep the old one.")

    return _act(request, at, RenameForm, do, "rename.html")


def _act(
    request: HttpRequest,
    at: EditContext,
    form_class: type[Any],
    do: Any,
    template: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """First a GET with the day, which shows what moves; then the POST of the same form with the reason."""
    previewed = "preview" in request.GET
    posted = request.method == "POST"
    form = form_class(at, request.POST if posted else request.GET if previewed else None, asks_why=posted)
    ready = form.is_bound and form.is_valid()
    if posted and ready:
        try:
            said = do(form)
        except DomainError as error:
            form.refuse(error)
        else:
            say_done(request, said)
            return HttpResponseRedirect(reverse("edit", args=[at.editable, at.row.pk]), status=303)
    moves = handover(at.row, _last_day(form, at), at.own) if ready or posted else None
    context = {
        **around(at),
        **(more or {}),
        "form": form,
        "moves": moves,
        "successors": form.successors() if ready and isinstance(form, EndForm) else [],
    }
    if previewed and ready:
        context["form"] = _confirming(form_class, at, form)
    return render(request, f"toimenpiteet/units/{template}", context, status=_status(form, posted=posted))


def _last_day(form: Any, at: EditContext) -> date:
    typed = getattr(form, "cleaned_data", {})
    day: date = typed.get("last_day") or (typed["on"] - _DAY if typed.get("on") else at.me.today)
    return day


def _confirming(form_class: type[Any], at: EditContext, seen: Any) -> Any:
    """Return the form that asks why, holding what was given before."""
    form = form_class(at)
    form.initial |= seen.cleaned_data | {"seen_version": at.row.version}
    return form


def _status(form: Any, *, posted: bool) -> int:
    if not form.errors:
        return 200
    return 409 if form.stale else 422 if posted else 200
