"""After the lock: the director lets a person correct named answers for a time, and the person corrects them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.calendar import end_of_day
from toimenpiteet.labels import LIGHT, choices
from toimenpiteet.models import ReportingRound
from toimenpiteet.selectors.people.grants import colleagues
from toimenpiteet.selectors.rounds.corrections import (
    CorrectionPage,
    asked_plans,
    correction_page,
    find_exception,
)
from toimenpiteet.selectors.rounds.drafts import WRITTEN
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.translated import named_of
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError, need
from toimenpiteet.services.people import grants
from toimenpiteet.services.rounds import corrections as services
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.forms import day_field
from toimenpiteet.web.people.forms import PersonChoice
from toimenpiteet.web.request import (
    GET_OR_POST,
    RequestContext,
    request_context,
    say_done,
    signed_in,
    whole_number,
)
from toimenpiteet.web.rounds.fields import unknown_fields
from toimenpiteet.web.saying import about


class ExceptionForm(WhyForm):
    """Who may correct which answers of a locked round, to the end of which day, and why."""

    holder = PersonChoice(queryset=None, label=gettext_lazy("Who answers"), empty_label=gettext_lazy("not chosen"))
    plans = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Whose answers"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    last_day = day_field(
        gettext_lazy("Last day"), gettext_lazy("The exception ends by itself when this day is over."), required=True
    )

    def __init__(self, asked: ReportingRound, me: RequestContext, data: QueryDict | None, chosen: int) -> None:
        super().__init__(data, initial={"plans": [chosen] if chosen else []})
        people: Any = self.fields["holder"]
        people.queryset = colleagues([access.municipality_of(asked)], me.today)
        plans: Any = self.fields["plans"]
        offered = sorted(asked_plans(me.scope, asked.pk, me.today), key=lambda plan: plan.pk != chosen)
        plans.choices = [(plan.pk, f"{plan.item_name} · {plan.period_name}") for plan in offered]
        self.order_fields([name for name in self.fields if name != "reason"])

    def refuse(self, error: DomainError) -> None:
        """Put what concerns the time at the day that was chosen."""
        if error.field == "until_at":
            error.field = "last_day"
        super().refuse(error)


@GET_OR_POST
@signed_in
def add_exception(request: HttpRequest, round_id: int) -> HttpResponse:
    """Ask whom to let correct which answers until when, and why; a POST lets them."""
    me, asked = _directed(request, round_id)
    form = ExceptionForm(asked, me, request.POST or None, whole_number(request.GET.get("plan")))

    def do() -> None:
        typed = form.cleaned_data
        stamp = audited.stamp(me.actor, text.reason_of(typed["reason"]), me.now)
        until = end_of_day(typed["last_day"])
        grants.let_answer(typed["holder"].pk, asked.pk, typed["plans"], until, scope=me.scope, stamp=stamp)

    closed = asked.status in ReportingRound.CLOSED
    title = _("Let somebody correct answers") if closed else _("Let somebody answer")
    return _answer(request, asked, form, do, title, _("Saved. They find it on their page."))


@GET_OR_POST
@signed_in
def end_exception(request: HttpRequest, round_id: int, grant: int) -> HttpResponse:
    """Ask why, then end an exception before its time."""
    me, asked = _directed(request, round_id)
    row = find_exception(me.scope, grant)
    form = WhyForm(request.POST or None, initial={"seen_version": row.version})

    def do() -> None:
        stamp = audited.stamp(me.actor, text.reason_of(form.cleaned_data["reason"]), me.now)
        grants.end(row.pk, version=form.version, scope=me.scope, stamp=stamp)

    return _answer(request, asked, form, do, _("End the exception"), _("The exception has ended."))


def _directed(request: HttpRequest, round_id: int) -> tuple[RequestContext, ReportingRound]:
    me = request_context(request)
    asked = find_round(me.scope, round_id)
    need(access.may(me.scope, Verb.EXCEPT, asked))
    return me, asked


def _answer(request: HttpRequest, asked: ReportingRound, form: WhyForm, do: Any, title: str, said: str) -> HttpResponse:
    """Ask for what the form asks, then do it; what is refused comes back with everything that was typed."""
    if form.carried_out(do):
        say_done(request, said)
        return HttpResponseRedirect(reverse("review", args=[asked.pk]), status=303)
    strategy = named_of(asked.strategy, asked.strategy.municipality.language)
    crumbs = trail("strategies", ("strategy", strategy), here=title)
    closed = asked.status in ReportingRound.CLOSED
    context = {"round": asked, "closed": closed, "form": form, "title": title, "crumbs": crumbs}
    return render(request, "toimenpiteet/rounds/exception.html", context, status=form.answer_status)


class CorrectionForm(WhyForm):
    """What is said of a plan after the lock, and why."""

    # Corrections do not change: a later one has another key.
    seen_column = "pk"
    light = forms.ChoiceField(label=gettext_lazy("Light"), choices=choices(LIGHT), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What was done, what next"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    cause = forms.CharField(
        label=gettext_lazy("Cause (amber and red)"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    next_step = forms.CharField(
        label=gettext_lazy("Next step (amber and red)"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    unknown_because, known_on = unknown_fields()

    def __init__(self, page: CorrectionPage, data: QueryDict | None) -> None:
        start = page.start
        words = {name: getattr(start, name) for name in WRITTEN}
        super().__init__(data, initial={**words, "seen_version": page.seen})
        self.order_fields([name for name in self.fields if name != "reason"])

    def answer(self) -> Answer:
        """Return what was written."""
        return Answer(**{name: self.cleaned_data[name] for name in WRITTEN})


@GET_OR_POST
@signed_in
def correct(request: HttpRequest, round_id: int, plan_id: int) -> HttpResponse:
    """Show the locked answer, and what a correction of it says; a POST puts the correction beside it."""
    me = request_context(request)
    page = correction_page(me.scope, round_id, plan_id, me.now)
    need(access.excepted(me.scope, plan_id, round_id, me.now))
    form = CorrectionForm(page, request.POST or None)

    def do() -> None:
        stamp = audited.stamp(me.actor, text.reason_of(form.cleaned_data["reason"]), me.now)
        services.correct(round_id, plan_id, form.answer(), seen=form.version, scope=me.scope, stamp=stamp)

    if form.carried_out(do):
        said = _("The correction stands beside the locked answer: “%(name)s”.")
        say_done(request, about(said, name=page.plan.item_name))
        return HttpResponseRedirect(reverse("waiting"), status=303)
    page = correction_page(me.scope, round_id, plan_id, me.now) if form.stale else page
    crumbs = trail("strategies", ("strategy", page.strategy), here=_("Correct the answer"))
    context = {"correction": page, "form": form, "crumbs": crumbs}
    return render(request, "toimenpiteet/rounds/correction.html", context, status=form.answer_status)
