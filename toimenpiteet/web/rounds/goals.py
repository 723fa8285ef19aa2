"""The goals of a round: what the answers and indicators say of each, and the director's forecast or result."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.selectors.rounds.assessments import GoalRow, GoalsPage, goals_page
from toimenpiteet.selectors.translated import Named, Text
from toimenpiteet.services.errors import need
from toimenpiteet.services.rounds import assessments
from toimenpiteet.services.rounds.assessments import ASSESSED, Assessment
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.forms import SeenForm
from toimenpiteet.web.request import GET_OR_POST, request_context, say_done, signed_in
from toimenpiteet.web.rounds.fields import unknown_fields
from toimenpiteet.web.saying import about


class AssessmentForm(SeenForm):
    """What becomes of a goal, and on what grounds. What is wrong is said by the service."""

    outcome = forms.ChoiceField(label=pgettext_lazy("of a goal", "Outcome"), widget=forms.RadioSelect, required=False)
    grounds = forms.CharField(
        label=gettext_lazy("Grounds"),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        required=False,
        strip=False,
        help_text=gettext_lazy("A sentence or two: what it is based on. The report to the board says it."),
    )

    unknown_because, known_on = unknown_fields()

    def __init__(self, page: GoalsPage, row: GoalRow, data: QueryDict | None) -> None:
        said = row.now
        start = {name: getattr(said, name) for name in ASSESSED} | {"seen_version": said.version} if said else {}
        super().__init__(data, initial=start)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101  # as declared above
        outcome.label, outcome.choices = page.kind.capitalize(), page.words

    def said(self) -> Assessment:
        """Return what was said; the service judges it."""
        return Assessment(**{name: self.cleaned_data[name] for name in ASSESSED})


@require_safe
@signed_in
def goals(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show what is said of each goal in a round."""
    me = request_context(request)
    page = goals_page(me.scope, round_id)
    context = {
        "goals": page,
        "may": page.open and access.may(me.scope, Verb.DIRECT, page.municipality),
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Goals of the round")),
    }
    return render(request, "toimenpiteet/rounds/goals.html", context)


@GET_OR_POST
@signed_in
def goal(request: HttpRequest, round_id: int, goal_id: int) -> HttpResponse:
    """Show a goal in a round; a POST of the director says what becomes of it."""
    me = request_context(request)
    page = goals_page(me.scope, round_id)
    row, onward = _found(page, goal_id)
    may = access.may(me.scope, Verb.DIRECT, page.municipality)
    if request.method == "POST":
        need(may)
    form = AssessmentForm(page, row, request.POST or None)

    def do() -> None:
        said = form.said()
        assessments.assess(round_id, goal_id, said, version=form.version, scope=me.scope, actor=me.actor, now=me.now)

    if form.carried_out(do):
        say_done(request, about(_("Saved: “%(name)s”. It stands in the report of the round."), name=row.goal.name))
        onward_to = reverse("round-goal", args=[round_id, onward]) if onward and "onward" in request.POST else ""
        there = f"{reverse('round-goals', args=[round_id])}#tavoite-{goal_id}"
        return HttpResponseRedirect(onward_to or there, status=303)
    context = {
        "goals": page,
        "row": row,
        # What was typed is kept also when the round was locked meanwhile.
        "form": form if may and (page.open or form.is_bound) else None,
        "onward": onward,
        "there": reverse("goal-evidence", kwargs={"round_id": round_id, "goal": goal_id}),
        "crumbs": trail(
            "strategies",
            ("strategy", page.strategy),
            ("round-goals", Named(round_id, Text(_("Goals of the round")))),
            here=row.goal.name,
        ),
    }
    return render(request, "toimenpiteet/rounds/goal.html", context, status=form.answer_status)


def _found(page: GoalsPage, goal_id: int) -> tuple[GoalRow, int]:
    """Return the row of a goal, and the next goal of which nothing is said yet (0: none); raises Http404."""
    goals = [row.goal.pk for row in page.rows]
    if goal_id not in goals:
        raise Http404
    at = goals.index(goal_id)
    others = [*page.rows[at + 1 :], *page.rows[:at]]
    return page.rows[at], next((row.goal.pk for row in others if row.now is None), 0)
