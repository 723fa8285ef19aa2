"""A snapshot of an invented round, for reports: one plan of each kind, and one with hardly anything."""

from typing import Any

from toimenpiteet.exchange.report.build import Locked
from toimenpiteet.snapshots import (
    FORMAT,
    Answer,
    Assessment,
    Change,
    Decision,
    Figure,
    Goal,
    Indicator,
    Period,
    Plan,
    Snapshot,
    Step,
)

FIRST: Period = {"key": "2026", "name": {"fi": "2026"}, "start_year": 2026, "end_year": 2026}
LATER: Period = {"key": "2027-2030", "name": {"fi": "2027–2030"}, "start_year": 2027, "end_year": 2030}
SHA256 = "0f" * 32
LOCKED = Locked(SHA256)


def snapshot(plans: list[Plan] | None = None, **fields: Any) -> Snapshot:
    """Return a snapshot of a budget round."""
    values: Any = {
        "format": FORMAT,
        "frozen_at": "2026-10-13T10:05:00.123456Z",
        "municipality": {"key": "mallila", "name": {"fi": "Mallila", "sv": "Modellby"}, "language": "fi"},
        "strategy": {"key": "mallilan", "name": {"fi": "Mallilan strategia 2030", "sv": "Modellbys strategi 2030"}},
        "round": {
            "kind": "budget",
            "year": 2026,
            "status": "in_review",
            "body": {"fi": "Kaupunginhallitus", "sv": "Stadsstyrelsen"},
            "status_on": "2026-08-31",
            "opens_on": "2026-09-01",
            "answers_due_on": "2026-09-22",
            "review_ends_on": "2026-10-06",
        },
        "goals": [],
        "plans": plans or [],
        "indicators": [],
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def goal(key: str, number: int | None, name: str, **fields: Any) -> Goal:
    """Return a goal with a Finnish and a Swedish name."""
    values: Any = {
        "key": key,
        "number": number,
        "name": {"fi": name, "sv": f"{name} (sv)"},
        "theme": {"fi": "Sujuva arki", "sv": "Smidig vardag"},
        "binding": False,
        "counting": "",
        "counting_share": None,
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def answer(light: str = "on_track", **fields: Any) -> Answer:
    """Return an answer that was accepted."""
    values: Any = {
        "said": "updated",
        "review": "accepted",
        "light": light,
        "text": "Työ etenee suunnitellusti.",
        "cause": "",
        "next_step": "",
        "answered_at": "2026-09-20T08:00:00Z",
        "role": "manager",
        "review_text": "",
        "evidence": [],
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


SILENT = answer("not_assessed", said="nothing", review="none", text="", answered_at=None, role="")


def step(text: str, *, done_on: str | None = None, **fields: Any) -> Step:
    """Return a step, done where `done_on` is given."""
    values: Any = {
        "text": {"fi": text},
        "done": done_on is not None,
        "done_on": done_on,
        "due_on": None,
        "due_precision": "",
        "date_kind": "",
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def plan(name: str, said: Answer | None, **fields: Any) -> Plan:
    """Return a plan of the first period; it was asked where `said` is an answer, or silence."""
    values: Any = {
        "item": name,
        "goal": "palvelut",
        "name": {"fi": name, "sv": f"{name} (sv)"},
        "period": FIRST,
        "text": {"fi": f"{name}: toteutetaan yhdessä."},
        "status": "in_progress",
        "due_on": None,
        "due_precision": "",
        "first_due_on": None,
        "deadline_on": "2026-12-31",
        "late": None,
        "units": [{"key": "tieto", "name": {"fi": "Tietohallinto", "sv": "Dataförvaltningen"}}],
        "projects": [],
        "budget_lines": [],
        "means": [],
        "steps": [],
        "asked": said is not None,
        "asked_at": "2026-09-01" if said else None,
        "reminded_at": [],
        "answer": said,
        "before": None,
        "computed": None,
        "source": "",
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def before(light: str, status: str = "in_progress") -> Any:
    """Return how a plan stood in the round before."""
    return {
        "kind": "annual_report",
        "year": 2025,
        "said": "updated",
        "light": light,
        "text": "Aiempi tilanne.",
        "status": status,
    }


def figure(year: int | None, value: str | None, kind: str = "TP", **fields: Any) -> Figure:
    """Return a figure."""
    values: Any = {"year": year, "kind": kind, "value": value, "next_expected_on": None, "doubt": ""}
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def indicator(name: str, **fields: Any) -> Indicator:
    """Return an indicator of the first goal."""
    values: Any = {
        "key": name,
        "name": {"fi": name},
        "goal": "palvelut",
        "unit_of_measure": "%",
        "better": "higher",
        "origin": "Asukaskysely",
        "figures": [],
        "targets": [],
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def change(item: str, **fields: Any) -> Change:
    """Return a change of a plan of the first period: another due date, that a body is to decide on."""
    nothing: Any = {"due_on": None, "due_precision": "", "text": "", "unit": None}
    values: Any = {
        "item": item,
        "period": FIRST["key"],
        "kind": "due",
        "status": "needs_body",
        "was": nothing,
        "proposed": nothing | {"due_on": "2027-06-30", "due_precision": "day"},
        "cause": "Kilpailutus keskeytyi.",
        "effect": "Käyttöönotto siirtyy puoli vuotta.",
        "proposed_at": "2026-09-20T08:00:00Z",
        "role": "manager",
        "decided_at": None,
        "decision": "",
        "body": "Kaupunginhallitus",
        "body_on": None,
        "section": "",
        "register_number": "",
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def assessment(key: str, outcome: str, **fields: Any) -> Assessment:
    """Return what becomes of a goal."""
    values: Any = {"goal": key, "outcome": outcome, "grounds": "Kysely tehtiin.", "foreseen": "", "evidence": []}
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def decision(name: str, **fields: Any) -> Decision:
    """Return an earlier decision of the board that is open."""
    values: Any = {
        "kind": "decision",
        "name": {"fi": name},
        "body": "Kaupunginhallitus",
        "decided_on": "2025-10-27",
        "section": "310",
        "register_number": "MAL/12/2025",
        "unit": {"fi": "Tietohallinto", "sv": "Dataförvaltningen"},
        "outcome": {},
        "done_on": None,
    }
    values.update(fields)
    return values  # type: ignore[no-any-return]  # whatever a test gives


def filled() -> Snapshot:
    """Return a snapshot in which every part has something to say."""
    red = answer("off_track", cause="Rahoitus jäi saamatta.", next_step="Lautakunta päättää rahoituksesta.")
    amber = answer("at_risk", cause="Hankinta viivästyi.", next_step="Kilpailutus uusitaan marraskuussa.")
    unknown = answer("not_assessed", text="Mittaus tehdään vasta ensi vuonna.")
    target = {"operator": "ge", "value": "85", "by_year": 2028, "standing": "agreed", "note": {}}
    stated = target | {"set_in": "Strategia, valtuusto 13.6.2025"}
    return snapshot(
        goals=[
            goal("palvelut", 1, "Palvelut kehittyvät", binding=True, counting="all"),
            goal("elinvoima", 2, "Elinvoima vahvistuu", theme={"fi": "Elävä kaupunki", "sv": "Levande stad"}),
        ],
        plans=[
            plan("Tiekartta", answer(), before=before("at_risk"), steps=[step("Kartoitus", done_on="2026-03-01")]),
            plan("Tiekartta", None, period=LATER, status="not_started", steps=[step("Toteutus")]),
            plan(
                "Asiointipiste",
                amber,
                before=before("on_track"),
                due_on="2026-11-30",
                due_precision="day",
                first_due_on="2026-06-30",
                projects=[{"fi": "Lähipalvelut"}],
            ),
            plan("Uimahalli", red, goal="elinvoima", before=before("off_track")),
            plan("Torialue", SILENT, goal="elinvoima", reminded_at=["2026-09-15T06:00:00Z", "2026-09-21T06:00:00Z"]),
            plan("Yrityspalvelut", unknown, goal="elinvoima"),
            plan("Kevyt liikenne", answer(), late={"because": "due", "since": "2026-07-01"}),
            plan("Kirjasto", answer(text="Kirjasto avattiin."), status="completed", before=before("on_track")),
            plan("Vanha kartta", None, status="discontinued", before=before("off_track")),
        ],
        indicators=[
            indicator(
                "Asukkaiden tyytyväisyys",
                figures=[
                    figure(2023, "78.5"),
                    figure(2024, "80"),
                    figure(2025, "82.25", next_expected_on="2027-03-31"),
                ],
                targets=[stated],
            ),
            indicator("Väkiluku", goal=None, better="", unit_of_measure="", targets=[target]),
            indicator("Sairauspoissaolot", goal=None, better="lower", unit_of_measure="pv/htv"),
        ],
        changes=[
            change("Uimahalli"),
            change(
                "Asiointipiste",
                status="accepted",
                decided_at="2026-06-01T08:00:00Z",
                decision="Hyväksyttiin.",
                body_on="2026-05-25",
                section="101",
                register_number="MAL/7/2026",
            ),
        ],
        assessments=[
            assessment("palvelut", "partly"),
            assessment(
                "elinvoima",
                "not_assessed",
                grounds="Tilasto valmistuu keväällä.",
                unknown_because="figure_later",
                known_on="2027-03-31",
            ),
        ],
        decisions=[
            decision("Uimahallin rahoitus selvitetään"),
            decision(
                "Mittarit tarkistetaan",
                kind="recommendation",
                body="Tarkastuslautakunta",
                outcome={"fi": "Mittarit on tarkistettu.", "sv": "Mätarna har setts över."},
                done_on="2026-05-04",
            ),
        ],
    )
