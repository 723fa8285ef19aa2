"""Before anything is sent: who will get what on which day; and why a person got a mail on a day, or did not."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications import forecast, why
from notifications.forecast import Foreseen
from notifications.web.log import home_of, refused
from toimenpiteet import access, labels
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.dates import day_words
from toimenpiteet.models import Municipality, User
from toimenpiteet.selectors.strategies.municipality import own_municipalities
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.web.forms import in_our_words
from toimenpiteet.web.request import RequestContext, request_context


@dataclass(frozen=True)
class Day:
    """The mails of one day to come."""

    day: str
    mails: list[Foreseen]


@require_safe
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """Show who will get what on which day of the next 90, by the rules by which mails are planned."""
    me = request_context(request)
    home = home_of(request, me, Verb.READ_MAILS)
    if home is None:
        return refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    found = list(forecast.mails_to_come(home, me.now))
    days = [Day(day_words(day), list(mails)) for day, mails in groupby(found, key=lambda mail: mail.day)]
    return render(request, "notifications/calendar.html", {**_homes(me, home), "days": days, "count": len(found)})


class WhyForm(forms.Form):
    """Whose mails, and of which day."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=None, label=_("Person"), empty_label=_("not chosen")
    )
    day = forms.DateField(
        label=_("Day"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people
        in_our_words(self.fields)


@require_safe
@login_required
def why_page(request: HttpRequest) -> HttpResponse:
    """Say why a person got a mail on a day, or did not; of themselves everybody may ask."""
    me = request_context(request)
    home = home_of(request, me, Verb.READ_MAILS) or _own(me)
    if home is None or me.scope.user is None:
        return refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    reads = home.pk in access.where(me.scope, Verb.READ_MAILS)
    people = why.people(home.pk, None if reads else me.scope.user.pk)
    asked = bool(request.GET.get("person"))
    form = WhyForm(request.GET if asked else None, people=people, initial={"person": me.scope.user.pk, "day": me.today})
    said: list[str] = []
    if asked and form.is_valid():
        said = why.why(form.cleaned_data["person"], home, form.cleaned_data["day"], me.now)
    status = 422 if asked and form.errors else 200
    return render(request, "notifications/why.html", {**_homes(me, home), "form": form, "said": said}, status=status)


def _own(me: RequestContext) -> Municipality | None:
    return next(iter(own_municipalities(me.scope)), None) if not me.scope.anonymous else None


def _homes(me: RequestContext, home: Municipality) -> dict[str, Any]:
    reads = access.where(me.scope, Verb.READ_MAILS)
    homes: list[tuple[int, Text]] = [
        (one.pk, text_of(one, "name", one.language)) for one in own_municipalities(me.scope) if one.pk in reads
    ]
    return {"home": text_of(home, "name", home.language), "home_id": home.pk, "homes": homes}
