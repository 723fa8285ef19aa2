"""A municipality with one of everything that the API shows, its people, and a neighbour."""

import hashlib
import json
from datetime import date
from typing import Any, cast

import rfc8785
from django.test import Client

from tests import make
from tests.report import sample
from toimenpiteet.models import (
    BudgetLine,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    LinkedGoal,
    PlanBudgetLine,
    PlanProject,
    Project,
    ReportingRound,
    ReportVersion,
    RoundDay,
    RoundSnapshot,
    StatusReport,
    UnitAlias,
    User,
)
from toimenpiteet.models.actions import ProjectAlias
from toimenpiteet.services import audited, files
from toimenpiteet.services.people import tokens
from toimenpiteet.services.rounds import reports
from toimenpiteet.workflow import Role

API = "/api/v1/"
PDF = b"%PDF-1.7 tulos"
PEOPLE = ("anonymous", "manager", "contributor", "director", "viewer", "admin", "neighbour")


def _on(day: date) -> dict[str, date]:
    return dict.fromkeys(("computed_on", "decided_on", "holds_on"), day)


class Town(make.World):
    """World, with a person in every role, a neighbouring municipality, and one of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.contributor = make.member(self.unit, Role.CONTRIBUTOR)
        self.viewer = make.official(self.municipality, Role.VIEWER)
        self.admin = make.official(self.municipality, Role.ADMIN)
        self.neighbour = make.official(make.municipality(name_fi="Naapurila"))
        self.step = make.step(self.plan, due_on=date(2021, 6, 30), due_precision="month")
        self.project = self.add(Project(municipality=self.municipality, key="hanke", name_fi="Kotisatama"))
        self.budget = self.add(BudgetLine(municipality=self.municipality, key="budjetti", name_fi="Tietotekniikka"))
        self.add(PlanProject(plan=self.plan, project=self.project))
        self.add(PlanBudgetLine(plan=self.plan, budget_line=self.budget))
        self.add(ProjectAlias(project=self.project, text="Koti-satama"))
        self.add(UnitAlias(unit=self.unit, text="tietohall."))
        self.indicator = self.add(
            Indicator(strategy=self.strategy, goal=self.goal, key="mittari", name_fi="Sähköinen asiointi")
        )
        self.add(IndicatorValue(indicator=self.indicator, key="a", year=2019, kind="TP", value="12.5"))
        self.add(IndicatorValue(indicator=self.indicator, key="b", year=2020, kind="TA", no_data=True))
        self.add(IndicatorTarget(indicator=self.indicator, key="t", operator="ge", value="20", by_year=2030))
        self.other_goal = make.goal(self.theme, number=2, name_fi="Toinen tavoite")
        self.add(LinkedGoal(item=self.item, goal=self.other_goal))
        self.round = self.add(
            ReportingRound(
                strategy=self.strategy,
                kind="budget",
                year=2030,
                opens_on=date(2030, 9, 2),
                decided_on=date(2030, 10, 31),
                due_on=date(2030, 10, 31),
            )
        )

        # In ten years, so that nothing of it is late; asked of the plan, and answered.
        ends = date(2035, 2, 28)
        self.asking = self._annual(2034, ends)
        make.brought(self.asking, "open")
        self.add(RoundDay(round=self.asking, which="opens", rule="01-08", **_on(date(2035, 1, 8))))
        said = {"said": "updated", "light": "on_track", "text": "Tiekartta on laadittu.", "answered_at": make.NOW}
        self.report = self.add(StatusReport(round=self.asking, plan=self.plan, **said))

        file = files.add(self.asking, "tulos.pdf", PDF, stamp=make.stamp())
        self.evidence = make.evidence(self.report, name="Tulos", url="", file=file)
        self.change = make.change_request(self.plan)
        self.locked = make.brought(self._annual(2020, date(2021, 2, 28)), "locked")
        frozen = rfc8785.dumps(cast("Any", sample.snapshot()))
        digest = hashlib.sha256(frozen).hexdigest()
        RoundSnapshot.objects.create(round=self.locked, at=make.NOW, sha256=digest, data=frozen)
        reported = self.add(ReportVersion(round=self.locked, at=make.NOW))
        reports.keep(reported, "fi.pdf", "raportti.pdf", PDF, stamp=make.stamp())

    def _annual(self, year: int, ends: date) -> ReportingRound:
        days = {"opens_on": date(year + 1, 1, 8), "decided_on": ends, "due_on": ends}
        made: ReportingRound = self.add(ReportingRound(strategy=self.strategy, kind="annual_report", year=year, **days))
        return made

    @staticmethod
    def add(thing: Any) -> Any:
        """Add a row by the one writer."""
        return audited.add(thing, make.stamp())

    def client(self, who: str = "director", language: str = "fi") -> "Caller":
        """Return the API as one of PEOPLE calls it."""
        return Caller(None if who == "anonymous" else getattr(self, who), language)


class Caller:
    """A program that calls the API with a person's token."""

    def __init__(self, person: User | None = None, language: str = "fi") -> None:
        self._client = Client()
        self._headers = {"Accept-Language": language}
        if person:
            self._headers["Authorization"] = f"Token {tokens.issue(person, now=make.NOW)[0]}"

    def get(self, path: str, **query: Any) -> Any:
        """GET an address below the API."""
        return self._client.get(API + path, query, headers=self._headers)

    def get_unless(self, path: str, tag: str) -> Any:
        """GET an address of which the program has the version of this ETag already."""
        return self._client.get(API + path, headers={**self._headers, "If-None-Match": tag})

    def send(self, method: str, path: str, body: object = None, version: int | str | None = None) -> Any:
        """Send `body` as JSON; a number as `version` is put into quotation marks."""
        headers = dict(self._headers)
        if version is not None:
            headers["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._client.generic(method, API + path, content, "application/json", headers=headers)

    def upload(self, path: str, **fields: Any) -> Any:
        """POST a form with files."""
        return self._client.post(API + path, fields, headers=self._headers)

    def move(self, plan: int, name: str, version: int | str | None, comment: str = "") -> Any:
        """Make a move."""
        return self.send("POST", f"plans/{plan}/transitions/", {"name": name, "comment": comment}, version)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that `response` is a whole problem of this status and code, and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(response.content)
    assert {"type", "title", "status", "detail", "instance", "code"} <= found.keys()
    assert (found["status"], found["code"]) == (status, code), found
    assert found["type"] == f"urn:toimenpiteet:problem:{code}"
    assert found["detail"].strip()
    assert found["title"].strip()
    return found
