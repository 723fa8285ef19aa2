"""The reporting rounds of a strategy with their days, and the day that the strategy director moves."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.dates import day_words
from toimenpiteet.models import RoundDay
from toimenpiteet.round_days import Which
from toimenpiteet.selectors.rounds import rounds as selected
from toimenpiteet.selectors.rounds.days import day_row
from toimenpiteet.selectors.translated import Named, text_of
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import need
from toimenpiteet.services.rounds import rounds as services
from toimenpiteet.web.crumbs import Crumb, trail
from toimenpiteet.web.edit.context import keeper
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.forms import day_field
from toimenpiteet.web.request import GET_OR_POST, RequestContext, published, request_context, say_done, whole_number
from toimenpiteet.web.saying import about


@require_safe
@published
def rounds(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponse:
    """Show the days of one year, how they are found, and the strategy's rounds with theirs."""
    page = selected.rounds_page(me.scope, strategy_id, me.today, whole_number(request.GET.get("vuosi")))
    above = (("municipality", page.municipality), ("strategy", Named(page.pk, page.name)))
    context = {
        "rounds": page,
        "crumbs": trail("strategies", *above, here=_("Reporting rounds")),
        "moves": bool(access.may(me.scope, Verb.DIRECT, page.municipality.pk)),
    }
    return render(request, "toimenpiteet/rounds/page.html", context)


class DayForm(WhyForm):
    """A day of a round as a person decides it, and why."""

    decided_on = day_field(
        gettext_lazy("New day"),
        gettext_lazy(
            "Only this day moves; move the others too where they should follow. On a day off it goes to a working day."
        ),
        required=True,
        error_messages={"required": gettext_lazy("Choose the new day.")},
    )

    def __init__(self, *args: Any, which: Which, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if which is Which.ANSWERS_DUE:
            told = _("Who was told of the old day, and has something to answer still, gets a mail about the new one.")
            self.fields["decided_on"].help_text = f"{self.fields['decided_on'].help_text} {told}"


@GET_OR_POST
@keeper
def round_day(request: HttpRequest, day_id: int) -> HttpResponse:
    """Ask on which day it is to be, and why; a POST moves it."""
    me = request_context(request)
    day = selected.round_day(me.scope, day_id)
    need(access.may(me.scope, Verb.DIRECT, day))
    form = DayForm(
        request.POST or None,
        which=Which(day.which),
        initial={"seen_version": day.version, "decided_on": day.decided_on},
    )
    place = f"{reverse('rounds', args=[day.round.strategy_id])}#kierros-{day.round_id}"
    if form.carried_out(lambda: _move(me, day, form)):
        moved = {"what": str(day.get_which_display()), "day": day_words(form.cleaned_data["decided_on"])}
        say_done(request, about(_("Moved: %(what)s is now %(day)s."), **moved))
        return HttpResponseRedirect(place, status=303)
    return render(request, "toimenpiteet/rounds/day.html", _asked(me, day, form), status=form.answer_status)


def _move(me: RequestContext, day: RoundDay, form: DayForm) -> None:
    typed = form.cleaned_data
    stamp = audited.stamp(me.actor, text.reason_of(typed["reason"]), me.now)
    services.move_day(day.pk, typed["decided_on"], version=form.version, scope=me.scope, stamp=stamp)


def _asked(me: RequestContext, day: RoundDay, form: DayForm) -> dict[str, Any]:
    strategy = day.round.strategy
    own = strategy.municipality.language
    here: list[Crumb] = [
        (text_of(strategy, "name", own), reverse("strategy", args=[strategy.pk])),
        (_("Reporting rounds"), reverse("rounds", args=[strategy.pk])),
        (_("Move the day"), ""),
    ]
    shown = day_row(day, me.today)
    return {"day": shown, "round": day.round.occasion, "form": form, "crumbs": here, "name": _("Move the day")}
