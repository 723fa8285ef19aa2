"""What changed between two days or rounds: one sentence each, and counts that add up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import Caller, Town, problem
from tests.pages import squeezed
from tests.plan.test_moves import signed_in
from tests.web.test_pages import html
from toimenpiteet.access import scope_of
from toimenpiteet.answers import Light, brighter
from toimenpiteet.models import Actor, AnswerCorrection, Door, PeriodPlan, PlanUnit, ReportingRound, StatusReport
from toimenpiteet.services import audited
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import Status, headway

pytestmark = pytest.mark.django_db

SPRING, MAY, SUMMER = "2021-03-15", datetime(2021, 5, 3, 9, tzinfo=UTC), datetime(2021, 6, 1, 9, tzinfo=UTC)


class Changed(Town):
    """A town in which by summer one of each kind of change has happened to a plan of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.other = make.unit(self.municipality, "Tilapalvelut")
        self.far_goal = make.goal(make.theme(self.strategy, name_fi="Muu teema"), number=3, name_fi="Kaukana")
        self.plans = {name: self._plan(name) for name in ("poistuva", "siirtyvä", "muuttava", "etenevä", "lykkääntyvä")}
        self.brighter, self.darker = self._plan("kirkastuva"), self._plan("tummuva")
        self.first = make.brought(self._round("annual_report", 2019, date(2021, 2, 1)), "open")
        for plan, light in ((self.brighter, "off_track"), (self.darker, "on_track")):
            self._answer(self.first, plan, light, make.NOW)
        make.brought(self.first, "locked")
        with time_machine.travel(MAY, tick=False):
            self._live(make.stamp(at=MAY))

    def _plan(self, name: str) -> PeriodPlan:
        item = make.action_item(self.goal, self.unit, name_fi=name)
        return make.plan(item, self.period, due_on=date(2021, 6, 30), due_precision="day")

    def _round(self, kind: str, year: int, day: date) -> ReportingRound:
        days = {"opens_on": day, "decided_on": day, "due_on": day}
        made: ReportingRound = self.add(ReportingRound(strategy=self.strategy, kind=kind, year=year, **days))
        return made

    def _answer(self, asked: ReportingRound, plan: PeriodPlan, light: str, at: datetime) -> None:
        words = {} if light == "on_track" else {"cause": "Syy", "next_step": "Askel"}
        said = {"said": "updated", "light": light, "text": "Näin.", "answered_at": at, **words}
        audited.add(StatusReport(round=asked, plan=plan, **said), make.stamp(at=at))

    def _live(self, stamp: Any) -> None:
        self.added = make.action_item(self.goal, self.unit, name_fi="uusi")
        new = PeriodPlan(municipality=self.municipality, item=self.added, period=self.period, key="u")
        audited.add(new, stamp)
        audited.add(PlanUnit(plan=new, unit=self.unit), stamp)
        gone = self.plans["poistuva"]
        audited.remove(PlanUnit.objects.get(plan=gone), stamp)
        audited.remove(gone, stamp)
        audited.change(PlanUnit.objects.get(plan=self.plans["siirtyvä"]), stamp, unit_id=self.other.pk)
        audited.change(self.plans["muuttava"].item, stamp, goal_id=self.far_goal.pk)
        who, scope = Actor.person(self.director, Door.PAGE), scope_of(self.director, MAY.date())
        plans.move(self.plans["etenevä"].pk, "start", scope=scope, actor=who, now=MAY, version=1)
        audited.change(self.plans["lykkääntyvä"], stamp, due_on=date(2021, 9, 30))
        self.second = make.brought(self._round("budget", 2020, date(2021, 5, 1)), "open", at=MAY)
        self._answer(self.second, self.brighter, "on_track", MAY)
        self._answer(self.second, self.darker, "at_risk", MAY)
        make.brought(self.second, "locked", at=MAY)

    def changes(self, who: str = "viewer", language: str = "en", **query: Any) -> Any:
        """Return what the API says."""
        answer = self.client(who, language).get(f"strategies/{self.strategy.pk}/changes/", **query)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def town() -> Iterator[Changed]:
    made = Changed()
    with time_machine.travel(SUMMER, tick=False):
        yield made


def _told(answer: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for change in answer["changes"]:
        found.setdefault(change["kind"], {})[change["item"]["name"]] = change["sentence"]
    return found


def _counts(answer: Any) -> tuple[int, ...]:
    names = ("before", "added", "came", "removed", "left", "after", "changed", "differences", "unchanged")
    assert set(answer["counts"]) == set(names)
    return tuple(answer["counts"][name] for name in names)


def test_each_change_is_one_sentence_and_the_counts_add_up(town: Changed) -> None:
    answer = town.changes(**{"from": SPRING})
    assert _told(answer) == {
        "added": {"uusi": "New; it is now “not started”."},
        "removed": {"poistuva": "Removed; it was “not started”."},
        "moved": {
            "siirtyvä": "Responsible units: Tietohallinto → Tilapalvelut.",
            "muuttava": "Goal: 1. Palvelut kehittyvät → 3. Kaukana.",
        },
        "status_up": {"etenevä": "Further on: not started → in progress."},
        "light_up": {"kirkastuva": "The light is better: off track, needs a decision → on track."},
        "light_down": {"tummuva": "The light is worse: on track → delayed or at risk."},
        "due_later": {"lykkääntyvä": "Due 92 days later: 30 Jun 2021 → 30 Sep 2021."},
    }
    (slipped,) = (change for change in answer["changes"] if change["kind"] == "due_later")
    assert (slipped["before"], slipped["after"], slipped["days"]) == ("2021-06-30", "2021-09-30", 92)
    assert _counts(answer) == (8, 1, 0, 1, 0, 8, 6, 6, 1)
    assert (answer["from"], answer["to"]) == ({"on": SPRING, "round": None}, {"on": "2021-06-01", "round": None})
    finnish = _told(town.changes(language="fi", **{"from": SPRING}))
    assert finnish["due_later"]["lykkääntyvä"] == "Määräaika siirtyi 92 päivää myöhemmäksi: 30.6.2021 → 30.9.2021."
    # Nothing has happened since.
    quiet = town.changes(**{"from": "2021-05-03"})
    assert (quiet["changes"], _counts(quiet)) == ([], (8, 0, 0, 0, 0, 8, 0, 0, 8))


def test_where_plans_go_on_in_other_items_is_told_and_how(town: Changed) -> None:
    later = make.period(town.strategy, 2031, 2040)
    alone, first, second, home = (make.action_item(town.goal, town.unit, name_fi=name) for name in "ABCD")
    make.plan(home, town.period)
    who, scope = Actor.person(town.director, Door.PAGE), scope_of(town.director, SUMMER.date())
    for name, items in {"etenevä": [first, second], "lykkääntyvä": [home], "siirtyvä": [alone]}.items():
        plan = PeriodPlan.objects.get(pk=town.plans[name].pk)
        by: Any = {"scope": scope, "actor": who, "now": SUMMER, "version": plan.version, "comment": "Kausi loppuu"}
        plans.carry_over(plan.pk, [item.pk for item in items], **by)
    assert PeriodPlan.objects.filter(period=later).count() == 4
    told = _told(town.changes(**{"from": "2021-05-04"}))
    assert told["split"] == {"etenevä": "Split; goes on in: B, C."}
    assert told["merged"] == {"lykkääntyvä": "Merged; goes on in: D."}
    assert told["goes_on"] == {"siirtyvä": "Goes on in: A."}


def test_a_unit_or_a_theme_sees_what_came_and_went(town: Changed) -> None:
    own = town.changes(unit=town.unit.pk, **{"from": SPRING})
    assert _told(own)["left"] == {"siirtyvä": "Responsible units: Tietohallinto → Tilapalvelut."}
    assert _counts(own) == (8, 1, 0, 1, 1, 7, 5, 5, 1)
    theirs = town.changes(unit=town.other.pk, **{"from": SPRING})
    assert _told(theirs) == {"came": {"siirtyvä": "Responsible units: Tietohallinto → Tilapalvelut."}}
    assert _counts(theirs) == (0, 0, 1, 0, 0, 1, 0, 0, 0)
    far = town.changes(theme=town.far_goal.theme_id, **{"from": SPRING})
    assert list(_told(far)) == ["came"]
    near = town.changes(theme=town.theme.pk, **{"from": SPRING})
    assert _counts(near) == (8, 1, 0, 1, 1, 7, 5, 5, 1)


def test_a_status_goes_forward_and_back_and_a_light_up_and_down() -> None:
    ahead = [Status.DISCONTINUED, Status.NOT_STARTED, Status.ON_HOLD, Status.IN_PROGRESS, Status.COMPLETED]
    for before, after in pairwise(ahead):
        assert (headway(before, after), headway(after, before)) == (1, -1)
        assert headway(after, after) == headway(after, Status.CARRIED_OVER) == headway(Status.CARRIED_OVER, after) == 0
    for worse, better in pairwise([Light.OFF_TRACK, Light.AT_RISK, Light.ON_TRACK]):
        assert (brighter(worse, better), brighter(better, worse)) == (1, -1)
        assert brighter(better, better) == brighter(better, Light.NOT_ASSESSED) == 0


def test_a_round_stands_for_the_day_of_its_lock(town: Changed) -> None:
    answer = town.changes(from_round=town.first.pk, to_round=town.second.pk)
    assert answer["from"] == {"on": SPRING, "round": town.first.pk}
    assert answer["to"] == {"on": "2021-05-03", "round": town.second.pk}
    assert set(_told(answer)) >= {"light_up", "light_down", "status_up"}
    # Without a first moment it is the last round before.
    assert town.changes(to_round=town.second.pk)["from"]["on"] == SPRING
    assert town.changes()["from"] == {"on": "2021-05-03", "round": town.second.pk}


def test_a_correction_after_the_lock_changes_the_light_from_its_day_on(town: Changed) -> None:
    later = datetime(2021, 5, 20, 9, tzinfo=UTC)
    report = StatusReport.objects.get(round=town.second, plan=town.darker)
    said = {"light": "on_track", "text": "Etenee sittenkin.", "why": "Luettu väärin.", "at": later}
    audited.add(AnswerCorrection(report=report, **said), make.stamp(at=later))
    assert _told(town.changes(**{"from": "2021-05-19"})) == {
        "light_up": {"tummuva": "The light is better: delayed or at risk → on track."}
    }
    assert town.changes(**{"from": "2021-05-20"})["changes"] == []


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ({"from": "2021-05-04", "to": "2021-05-03"}, "from", "The first day is later than the last."),
        ({"from": "2020-01-01"}, "from", "The record begins on 15 Mar 2021."),
        ({"to": "2031-01-01"}, "to", "1 Jan 2031 is still to come."),
        ({"to_round": "{round}"}, "to", "This round has not been opened, or is not of this strategy."),
        ({"unit": "x"}, "unit", ""),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_words(
    town: Changed, query: dict[str, str], field: str, says: str
) -> None:
    given = {name: value.format(round=town.round.pk) for name, value in query.items()}
    path = f"strategies/{town.strategy.pk}/changes/"
    (error,) = problem(town.client("viewer", "en").get(path, **given), 400, "invalid")["errors"]
    assert error["field"] == field
    assert error["message"].startswith(says)


def test_what_is_not_of_the_municipality_is_not_told(town: Changed) -> None:
    stranger = make.World()
    path = f"strategies/{town.strategy.pk}/changes/"
    problem(Caller(stranger.director).get(path), 404, "not_found")
    problem(town.client("anonymous").get(path), 401, "not_authenticated")
    for query in ({"unit": stranger.unit.pk}, {"theme": stranger.theme.pk}):
        problem(town.client().get(path, **query), 404, "not_found")


def test_the_changes_cost_the_same_for_few_plans_and_for_many(town: Changed) -> None:
    viewer, path = town.client("viewer"), f"strategies/{town.strategy.pk}/changes/"

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            viewer.get(path, unit=town.unit.pk, theme=town.theme.pk, **{"from": SPRING})
        return len(seen)

    few = statements()
    for number in range(10):
        make.plan(make.action_item(town.goal, town.unit, name_fi=f"{number}"), town.period)
    assert statements() == few <= 22


def test_the_page_tells_the_same_and_leads_on(town: Changed) -> None:
    client = signed_in(town.viewer)
    address = f"/strategiat/{town.strategy.pk}/muutokset/"
    page = squeezed(html(client.get(address, {"from": SPRING})))
    plan = f"/strategiat/{town.strategy.pk}/suunnitelma/"
    assert f'<strong>8</strong> <a href="{plan}?as_of={SPRING}"> toimenpidettä, 15.3.2021 </a>' in page
    assert "<strong>+1</strong> lisätty" in page
    assert "6 on muuttunut (6 muutosta) ja 1 on ennallaan." in page
    assert f'<a href="/toimenpiteet/{town.added.pk}/">uusi</a>' in page
    assert "Eteni: ei aloitettu → käynnissä." in page
    rounds = {"from_round": town.locked.pk, "to_round": town.second.pk}
    chosen = f'<a href="?from_round={town.locked.pk}&amp;to_round={town.second.pk}" aria-current="true">'
    assert chosen in squeezed(html(client.get(address, rounds)))
    refused = client.get(address, {"from": "2021-05-04", "to": SPRING})
    assert refused.status_code == 422
    assert 'value="2021-05-04"' in refused.content.decode()
    assert "Alkupäivä on myöhempi kuin loppupäivä." in refused.content.decode()
    theme, unit = f"/teemat/{town.theme.pk}/", f"/vastuutahot/{town.unit.pk}/"
    for above in (f"/strategiat/{town.strategy.pk}/", plan, theme, unit):
        assert address in html(client.get(above))
        assert address not in html(Client().get(above))
    review = html(signed_in(town.director).get(f"/kierrokset/{town.second.pk}/katselmus/"))
    assert f"{address}?to_round={town.second.pk}" in review
