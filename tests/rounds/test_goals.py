"""The director's forecast or result of a goal in a round: said, proved, refused, frozen, and read by whom."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_evidence import FILE, LINK, Proving
from toimenpiteet.models import Evidence, GoalAssessment, ReportingRound, RoundSnapshot, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.rounds.evidence import Beside
from toimenpiteet.selectors.rounds.snapshots import content, snapshot
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Forbidden, Invalid, Stale, WrongTime
from toimenpiteet.services.rounds import assessments, evidence, turning
from toimenpiteet.services.rounds.assessments import Assessment
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
PARTLY = Assessment("partly", "Asiakastyytyväisyys nousi, kustannukset eivät laskeneet.")
ACHIEVED = Assessment("achieved", "Tavoitetaso ylittyi.")


class Assessing(Proving):
    """An open round, and what the director says of the goal in it."""

    def assess(self, said: Assessment = PARTLY, version: int = 0, who: User | None = None) -> GoalAssessment:
        """Say what becomes of the goal."""
        by = self.as_(who or self.director)
        return assessments.assess(self.round.pk, self.goal.pk, said, version=version, **by)

    def prove(self, given: Any = LINK) -> Evidence:
        """Put evidence beside the assessment."""
        return evidence.add(Beside(self.round.pk, goal=self.goal.pk), given, **self.as_(self.director))

    def in_winter(self) -> ReportingRound:
        """Make the round one of the annual report."""
        audited.change(self.round, make.stamp(), kind="annual_report")
        return self.round

    @property
    def place(self) -> str:
        """Return the page of the goal in the round."""
        return f"/kierrokset/{self.round.pk}/tavoitteet/{self.goal.pk}/"


@pytest.fixture
def world() -> Assessing:
    return Assessing()


def test_the_director_says_what_becomes_of_a_goal_and_changes_it_on_record(world: Assessing) -> None:
    row = world.assess()
    assert (row.outcome, row.grounds, row.version) == ("partly", PARTLY.grounds, 1)
    again = world.assess(ACHIEVED, version=1)
    assert (again.pk, again.outcome, again.version) == (row.pk, "achieved", 2)
    newest = again.history.latest("history_id")
    assert (newest.history_change_reason, newest.acted_as) == ("Tavoite arvioitu", "director")
    assessments.remove(world.round.pk, world.goal.pk, version=2, **world.as_(world.director))
    assert not GoalAssessment.objects.exists()
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Assessment("", "Perustelu"), "outcome"),
        (Assessment("maybe", "Perustelu"), "outcome"),
        (Assessment("partly", " \n "), "grounds"),
        (Assessment("partly", "x" * 50_001), "grounds"),
        (Assessment("not_assessed", "Tilasto puuttuu."), "unknown_because"),
        (Assessment("not_assessed", "Tilasto puuttuu.", "later"), "unknown_because"),
        (Assessment("not_assessed", "Tilasto puuttuu.", "figure_later", date(2020, 1, 1)), "known_on"),
    ],
)
def test_what_is_not_whole_is_refused_at_its_field(world: Assessing, said: Assessment, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.assess(said)
    assert refused.value.field == field
    assert not GoalAssessment.objects.exists()


def test_a_goal_that_cannot_be_assessed_says_why_and_when(world: Assessing) -> None:
    sent = {"outcome": "not_assessed", "grounds": "Tilasto puuttuu.", "seen_version": ""}
    reason = {"unknown_because": "figure_later", "known_on": "2021-05-31"}
    client = signed_in(world.director)
    assert client.post(world.place, sent).status_code == 422
    assert client.post(world.place, sent | reason).status_code == 303
    page = " ".join(html(client.get(f"/kierrokset/{world.round.pk}/tavoitteet/")).split())
    assert "luku valmistuu myöhemmin; tiedetään 31.5.2021" in page
    assert 'value="2021-05-31"' in html(client.get(world.place))
    (frozen,) = snapshot(world.round, make.NOW)["assessments"]
    assert (frozen["unknown_because"], frozen["known_on"]) == ("figure_later", "2021-05-31")
    place, said = f"/api/v1/rounds/{world.round.pk}/goals/{world.goal.pk}/", {**sent, **reason}
    del said["seen_version"]
    changed = client.put(place, said | {"known_on": "2021-06-30"}, "application/json", headers={"If-Match": '"1"'})
    assert [changed.json()[name] for name in reason] == ["figure_later", "2021-06-30"]
    world.assess(PARTLY, version=2)
    assert [GoalAssessment.objects.get().unknown_because, GoalAssessment.objects.get().known_on] == ["", None]


def test_two_directors_do_not_write_over_each_other(world: Assessing) -> None:
    world.assess()
    for version in (0, 2):
        with pytest.raises(Stale):
            world.assess(ACHIEVED, version=version)
    assessments.remove(world.round.pk, world.goal.pk, version=1, **world.as_(world.director))
    with pytest.raises(Stale):
        world.assess(ACHIEVED, version=1)


def test_only_the_director_of_the_city_says_it_and_only_before_the_lock(world: Assessing) -> None:
    for role in (Role.VIEWER, Role.ADMIN):
        with pytest.raises(Forbidden):
            world.assess(who=make.official(world.municipality, role, user=make.user()))
    for person in (world.manager, world.contributor):
        with pytest.raises(Forbidden):
            world.assess(who=person)
    with pytest.raises(Http404):
        world.assess(who=make.World().director)
    other = make.goal(make.theme(make.strategy(world.municipality)))
    with pytest.raises(Http404):
        assessments.assess(world.round.pk, other.pk, PARTLY, version=0, **world.as_(world.director))
    make.brought(world.round, "locked")
    for act in (world.assess, world.prove):
        with pytest.raises(WrongTime):
            act()


def test_a_result_that_was_reached_needs_evidence_and_keeps_it(world: Assessing) -> None:
    assert world.assess(ACHIEVED).outcome == "achieved"  # a forecast needs none
    world.in_winter()
    with pytest.raises(Invalid) as refused:
        world.assess(ACHIEVED, version=1)
    assert refused.value.field == "outcome"
    link = world.prove()
    world.assess(ACHIEVED, version=1)
    with pytest.raises(Invalid):
        _take_away(world, link)
    world.prove(FILE)
    _take_away(world, link)
    assert Evidence.objects.get().name == "tulos.pdf"


def _take_away(world: Assessing, row: Evidence) -> None:
    place = Beside(world.round.pk, goal=world.goal.pk)
    evidence.remove(place, row.pk, version=row.version, **world.as_(world.director))


def test_managers_put_nothing_beside_a_goal(world: Assessing) -> None:
    with pytest.raises(Forbidden):
        evidence.add(Beside(world.round.pk, goal=world.goal.pk), LINK, **world.as_(world.manager))


def test_the_snapshot_says_it_with_the_forecast_of_the_same_year(world: Assessing) -> None:
    world.assess()
    world.prove(FILE)
    make.brought(world.round, "locked")
    winter = _annual(world)
    assessments.assess(winter.pk, world.goal.pk, PARTLY, version=0, **world.as_(world.director))
    (autumn,) = snapshot(world.round, make.NOW)["assessments"]
    assert (autumn["goal"], autumn["outcome"], autumn["foreseen"]) == (world.goal.key, "partly", "")
    assert [one["file"] for one in autumn["evidence"]] == ["tulos.pdf"]
    (later,) = snapshot(winter, make.NOW)["assessments"]
    assert (later["foreseen"], later["grounds"]) == ("partly", PARTLY.grounds)


def _annual(world: Assessing) -> ReportingRound:
    """Make the open round of the annual report of the same year."""
    days = {name: getattr(world.round, name) for name in ("opens_on", "decided_on", "due_on")}
    fields = {"kind": "annual_report", "year": world.round.year} | days
    return make.brought(audited.add(ReportingRound(strategy=world.strategy, **fields), make.stamp()), "open")


def test_the_page_asks_saves_goes_on_and_keeps_what_was_typed(world: Assessing) -> None:
    second = make.goal(world.theme, number=2)
    client = signed_in(world.director)
    assert world.place in html(client.get(f"/kierrokset/{world.round.pk}/tavoitteet/"))
    refused = client.post(world.place, {"outcome": "partly", "grounds": " ", "seen_version": ""})
    assert refused.status_code == 422
    sent = {"outcome": "partly", "grounds": PARTLY.grounds, "seen_version": "", "onward": "1"}
    answer = client.post(world.place, sent)
    assert (answer.status_code, answer["Location"]) == (303, f"/kierrokset/{world.round.pk}/tavoitteet/{second.pk}/")
    stale = client.post(world.place, sent | {"grounds": "Toinen sanoi muuta."})
    assert stale.status_code == 409
    assert "Toinen sanoi muuta." in html(stale)
    overview = html(client.get(f"/kierrokset/{world.round.pk}/tavoitteet/"))
    assert PARTLY.grounds in overview
    assert "1/2 tavoitetta arvioitu" in overview


def test_people_of_the_city_read_it_and_only_the_director_has_the_form(world: Assessing) -> None:
    world.assess()
    page = html(signed_in(world.manager).get(world.place))
    assert PARTLY.grounds in page
    assert 'name="grounds"' not in page
    assert 'name="grounds"' in html(signed_in(world.director).get(world.place))
    assert signed_in(world.manager).post(world.place, {"outcome": "partly"}).status_code == 403
    make.brought(world.round, "locked")
    assert 'name="grounds"' not in html(signed_in(world.director).get(world.place))
    typed = {"outcome": "achieved", "grounds": "Liian myöhään.", "seen_version": "1"}
    late = signed_in(world.director).post(world.place, typed)
    assert late.status_code == 422
    assert "Liian myöhään." in html(late)


def test_evidence_is_put_beside_the_goal_on_its_page(world: Assessing) -> None:
    client = signed_in(world.director)
    sent = {"name": "Kysely", "url": "https://mallila.example/kysely", "public": "on"}
    assert client.post(f"{world.place}naytto/", sent).status_code == 303
    row = Evidence.objects.get()
    assert (row.goal_id, row.plan_id) == (world.goal.pk, None)
    assert "Kysely" in html(client.get(f"{world.place}naytto/"))
    assert client.post(f"{world.place}naytto/{row.pk}/poista/", {"version": row.version}).status_code == 303
    assert not Evidence.objects.exists()


def test_programs_say_and_read_it_by_the_same_rules(world: Assessing) -> None:
    client, place = signed_in(world.director), f"/api/v1/rounds/{world.round.pk}/goals/{world.goal.pk}/"
    said = {"outcome": "partly", "grounds": PARTLY.grounds}
    assert client.get(place).status_code == 404
    assert client.put(place, said, "application/json").status_code == 428
    made = client.put(place, said, "application/json", headers={"If-Match": '"0"'})
    assert (made.status_code, made.json()["outcome_words"], made["ETag"]) == (200, "osittain", '"1"')
    assert client.put(place, said, "application/json", headers={"If-Match": '"0"'}).status_code == 412
    given = client.post(f"{place}evidence/", {"name": "Kysely", "url": LINK.url}, "application/json")
    assert (given.status_code, given.json()["goal"], given.json()["plan"]) == (201, world.goal.pk, None)
    listed = f"/api/v1/rounds/{world.round.pk}/goals/"
    assert [one["outcome"] for one in signed_in(world.manager).get(listed).json()] == ["partly"]
    assert Client().get(listed).json() == []
    assert signed_in(make.World().director).get(listed).status_code in {200, 404}
    refused = signed_in(world.manager).put(place, said, "application/json", headers={"If-Match": '"1"'})
    assert refused.status_code == 403
    make.brought(world.round, "published")
    assert [one["outcome"] for one in Client().get(listed).json()] == ["partly"]
    assert client.delete(place, headers={"If-Match": '"1"'}).status_code == 409


def test_a_locked_round_keeps_what_was_said(world: Assessing) -> None:
    row, by = world.assess(), world.as_(world.director)
    make.brought(world.round, "in_review")
    stamp = audited.stamp(by["actor"], "Lukitaan", make.NOW)
    seen = ReportingRound.objects.get(pk=world.round.pk).version
    turning.move(world.round.pk, "lock", version=seen, scope=by["scope"], stamp=stamp)
    audited.change(audited.lock(GoalAssessment.objects.all(), row.pk), make.stamp(), grounds="Muutettu kaikesta ohi.")
    kept = content(RoundSnapshot.objects.get())
    assert [one["grounds"] for one in kept["assessments"]] == [PARTLY.grounds]
