"""How long the files of a board report take, of an invented round.

``python -m bench.files PLANS`` writes one line of JSON.

A process of its own for each size, so that the most memory that it had, with the program that sets its PDF, says
something.
"""

import json
import os
import resource
import subprocess
import sys
import time
from typing import Any, NamedTuple, cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
# No database is asked.
os.environ.setdefault("MODE", "embedded")

SIZES = {150: 5.0, 2500: 60.0}
"""Plans, and the most seconds that each format may take."""
_GOALS = 30
_SAID = (
    ("on_track", "updated", "Työ etenee suunnitellusti, ja seuraava vaihe alkaa keväällä. ", "", ""),
    ("at_risk", "updated", "Hankinta on kesken. ", "Toimittaja viivästyi. ", "Käyttöönotosta sovitaan uudelleen. "),
    ("off_track", "updated", "Työ seisoo. ", "Rahoitusta ei ole. ", "Lautakunta päättää rahoituksesta. "),
    ("not_assessed", "nothing", "", "", ""),
)


class Files(NamedTuple):
    """What the files of a report of `plans` took: seconds by format, and megabytes at most."""

    plans: int
    seconds: dict[str, float]
    megabytes: int


def measured(plans: int) -> Files:
    """Make the files of a report in another process."""
    command = [sys.executable, "-m", "bench.files", str(plans)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Files(**json.loads(done.stdout))


def lines(found: Files) -> list[str]:
    """Return what is said of the files of one report."""
    aim = SIZES[found.plans]
    return [
        f"board report, {found.plans} plans  {kind:5} {seconds:6.2f} s  ≤ {aim:g} s  "
        f"{'reached' if seconds <= aim else 'missed'}"
        for kind, seconds in found.seconds.items()
    ] + [f"board report, {found.plans} plans  at most {found.megabytes} MB"]


def main(plans: int) -> None:
    """Make each file once and say what it took."""
    django.setup()
    from toimenpiteet.exchange.report.build import Locked, report  # noqa: PLC0415  # after the set-up
    from toimenpiteet.exchange.report.files import FORMATS  # noqa: PLC0415  # after the set-up
    from toimenpiteet.languages import DEFAULT  # noqa: PLC0415  # after the set-up

    told, seconds = cast("Any", snapshot(plans)), {}
    for kind, make in FORMATS.items():
        began = time.perf_counter()
        make([report(told, DEFAULT, Locked("0" * 64))])
        seconds[kind] = round(time.perf_counter() - began, 2)
    most = sum(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(json.dumps({"plans": plans, "seconds": seconds, "megabytes": most // 1024}) + "\n")


def snapshot(plans: int) -> dict[str, Any]:
    """Return a snapshot of an invented budget round, of the shape in ``toimenpiteet.snapshots``."""
    return {
        "format": "",
        "frozen_at": "2026-10-13T10:05:00Z",
        "municipality": {"key": "mallila", "name": {"fi": "Mallikaupunki"}, "language": "fi"},
        "strategy": {"key": "mallilan", "name": {"fi": "Mallikaupungin strategia"}},
        "round": {
            "kind": "budget",
            "year": 2026,
            "status": "in_review",
            "body": {"fi": "kaupunginhallitus"},
            "status_on": "2026-08-31",
            "opens_on": "2026-09-01",
            "answers_due_on": "2026-09-22",
            "review_ends_on": "2026-10-06",
        },
        "goals": [_goal(number) for number in range(_GOALS)],
        "plans": [_plan(number) for number in range(plans)],
        "indicators": [],
        "changes": [],
    }


def _goal(number: int) -> dict[str, Any]:
    words = {"name": {"fi": f"Tavoite {number} vahvistuu koko kaudella"}, "theme": {"fi": "Sujuva arki"}}
    return {"key": str(number), "number": number, **words, "binding": False, "counting": "", "counting_share": None}


def _plan(number: int) -> dict[str, Any]:
    light, said, text, cause, onward = _SAID[number % len(_SAID)]
    answer = {"said": said, "review": "none", "light": light, "text": 3 * text, "cause": 2 * cause}
    return {
        "item": str(number),
        "goal": str(number % _GOALS),
        "name": {"fi": f"Toimenpide {number}"},
        "period": {"key": "2026", "name": {"fi": "2026"}, "start_year": 2026, "end_year": 2026},
        "text": {"fi": 4 * "Toteutetaan yhdessä palvelualueiden kanssa ja seurataan tuloksia. "},
        "status": "in_progress",
        "due_on": None,
        "due_precision": "",
        "first_due_on": None,
        "deadline_on": "2026-12-31",
        "late": None,
        "units": [{"key": "tieto", "name": {"fi": "Tietohallinto"}}, {"key": "talous", "name": {"fi": "Talous"}}],
        "projects": [{"fi": "Lähipalvelut"}],
        "budget_lines": [],
        "means": [],
        "steps": [_step(step) for step in range(5)],
        "asked": True,
        "asked_at": "2026-09-01",
        "reminded_at": [],
        "answer": {**answer, "next_step": onward, "answered_at": None, "role": "manager", "review_text": ""},
        "before": None,
        "computed": None,
        "source": "",
    }


def _step(number: int) -> dict[str, Any]:
    done = "2026-03-01" if number % 2 else None
    no_date = {"due_on": None, "due_precision": "", "date_kind": ""}
    return {"text": {"fi": f"Osatoimi {number} tehdään ajallaan"}, "done": bool(done), "done_on": done, **no_date}


if __name__ == "__main__":
    main(int(sys.argv[1]))
