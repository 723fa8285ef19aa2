"""The driver: ``python -m bench [--sizes 2500 100000] [--cases page list move …] [--rounds 5] [--seconds 3]``."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import addresses, databases, files, load, mails, report
from bench.problem import Failed
from bench.servers import FLOORS, PROCESSES, PRODUCT, THREADS, Servers, running

CONNECTIONS = PROCESSES * THREADS
_WARM_UP = 5.0
_MAILS = 1000
_PAGE, _WAITING, _LIST = "/myohassa/", "/odottaa/", "/api/v1/action-items/"


@dataclass(frozen=True)
class Place:
    """A data set with its two servers."""

    items: int
    url: str
    product: str
    floors: str
    facts: dict[str, Any]


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def _place(servers: Servers, items: int) -> Place:
    url = databases.url_for(items)
    databases.ensure(url)
    say(f"Making the data set of {items} action items ready.")
    facts = servers.prepare(url, items, CONNECTIONS)
    product = servers.start(url, PRODUCT, "/health/")
    return Place(items, url, product, servers.start(url, FLOORS, "/page/"), facts)


Load = Callable[[float], float]


def _loads(place: Place) -> dict[report.Key, Load]:
    """Return what is measured in each round, in this order: each floor beside what it is the floor of."""
    signed_in, token = ["Cookie", place.facts["cookie"]], place.facts["token"]
    bearer = ["Authorization", f"Token {token}"]
    moved = [token, *map(str, place.facts["plans"])]
    floors, product = place.floors, place.product
    found: dict[report.Key, Load] = {
        ("page", "floor", place.items): _wrk(f"{floors}/page/", "get", []),
        ("page", "product", place.items): _wrk(product + _PAGE, "get", signed_in),
        ("list", "floor", place.items): _wrk(f"{floors}/items/", "get", []),
        ("list", "product", place.items): _wrk(product + _LIST, "get", bearer),
        ("list", "full", place.items): _wrk(f"{floors}/items-in-full/", "get", []),
        ("move", "floor", place.items): _wrk(floors, "pair", []),
        ("move", "product", place.items): _wrk(product, "move", moved),
        ("waiting", "product", place.items): _wrk(product + _WAITING, "get", signed_in),
    }
    for key, asked in addresses.lists(place.facts["strategy"], place.facts["goal"]).items():
        headers = asked.headers(place.facts["cookie"], token)
        given = [part for header in headers.items() for part in header]
        found[key, "product", place.items] = _wrk(product + asked.address, "get", given)
    if databases.is_postgresql(place.url):
        found["move", "raw", place.items] = lambda seconds: _raw(place.url, seconds)
    return found


def _wrk(url: str, script: str, arguments: list[str]) -> Load:
    return lambda seconds: load.per_second(url, script, arguments, connections=CONNECTIONS, seconds=seconds)


def _raw(url: str, seconds: float) -> float:
    command = [sys.executable, "-m", "bench.raw", url, str(PROCESSES), str(THREADS), str(seconds)]
    return float(subprocess.run(command, cwd=databases.ROOT, capture_output=True, text=True, check=True).stdout)


def measure(places: list[Place], cases: list[str], rounds: int, seconds: float) -> report.Measured:
    """Warm up, then take the rounds; within a round everything stands beside what it is compared with."""
    measured = report.Measured()
    loads = [{key: one for key, one in _loads(place).items() if key[0] in cases} for place in places]
    say("Warming up.")
    for of_place in loads:
        for one in of_place.values():
            one(_WARM_UP)
    for number in range(1, rounds + 1):
        say(f"Round {number} of {rounds}.")
        _round(places, loads, seconds, measured)
    for place in places:
        for name, count in place.facts["queries"].items():
            measured.queries[name, place.items] = count
    return measured


def _round(places: list[Place], loads: list[dict[report.Key, Load]], seconds: float, measured: report.Measured) -> None:
    for place in places:
        databases.tidy(place.url)
    for key in loads[0]:
        for place, of_place in zip(places, loads, strict=True):
            own = (key[0], key[1], place.items)
            measured.rates[own].append(of_place[own](seconds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the product against bare floors.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[2500, 100_000], help="action items (2500 100000)")
    names = [*(case.key for case in report.CASES), "report", "mails"]
    parser.add_argument("--cases", choices=names, nargs="+", default=names, help="what to measure (all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of every measurement (5)")
    parser.add_argument("--seconds", type=float, default=3, help="seconds of each measurement (3)")
    return parser.parse_args()


def main() -> int:
    """Measure and report; 1 when it could not be done."""
    wanted = _arguments()
    try:
        load.find()
        with running() as servers:
            places = [_place(servers, items) for items in sorted(wanted.sizes)]
            measured = measure(places, wanted.cases, wanted.rounds, wanted.seconds)
            told_of_mails = _mails(servers, places[-1]) if "mails" in wanted.cases else []
    except Failed as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 1
    engine = "PostgreSQL" if databases.is_postgresql(places[0].url) else "SQLite"
    say(f"\n{engine}, gunicorn with {PROCESSES} processes of {THREADS} threads, {CONNECTIONS} connections.\n")
    for line in report.lines(measured, [place.items for place in places]):
        say(line)
    if "report" in wanted.cases:
        _files()
    for line in told_of_mails:
        say(line)
    return 0


def _mails(servers: Servers, place: Place) -> list[str]:
    if not databases.is_postgresql(place.url):
        return ["\nThe mails of a round are measured on PostgreSQL alone."]
    say("Planning and sending the mails of a round.")
    found = mails.lines(servers.mails(place.url, _MAILS))
    return [f"\nThe mails of a round, {place.items} action items:", *(f"  {one}" for one in found)]


def _files() -> None:
    say("\nThe files of a board report, in seconds of this machine:")
    for plans in files.SIZES:
        for line in files.lines(files.measured(plans)):
            say(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
