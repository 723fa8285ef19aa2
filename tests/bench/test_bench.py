"""The benchmark: what it says, and that it keeps its hands off other people's databases. Times are not tested."""

import sqlite3
from pathlib import Path

import pytest

from bench import __main__ as driver
from bench import databases, files, report
from bench.problem import Failed

pytestmark = pytest.mark.once


def measured() -> report.Measured:
    """Return two rounds in which the second was disturbed: ratios stay, rates do not."""
    found = report.Measured()
    for case in report.CASES:
        for size, rate in ((2500, 30.0), (100_000, 25.0)):
            found.rates[case.key, "floor", size] = [100.0, 50.0]
            found.rates[case.key, "product", size] = [rate, rate / 2]
            found.queries[case.key, size] = 9
    return found


def test_it_compares_within_each_round_and_says_what_reaches_its_aim() -> None:
    text = "\n".join(report.lines(measured(), [2500, 100_000]))
    rows = {(line[:24].strip(), line[24:].split()[0]): line for line in text.splitlines() if "≥" in line or "≤" in line}

    page = rows["overdue page, 50 rows", "2500"]
    assert "0.30" in page
    assert page.endswith("≥ 0.25  reached")
    assert any("≥ 0.4 " in line and line.endswith("missed") for line in text.splitlines())
    assert any(
        "its cost at 2500" in line and " 1.20 " in line and line.endswith("reached") for line in text.splitlines()
    )
    assert "SQL statements, overdue page, 50 rows: 9 at 2500 items, 9 at 100000 items" in text


def test_what_was_not_measured_is_left_out() -> None:
    found = report.Measured()
    found.rates["page", "floor", 2500] = [2.0]
    found.rates["page", "product", 2500] = [1.0]
    found.queries = {(case.key, 2500): 9 for case in report.CASES}
    text = "\n".join(report.lines(found, [2500]))
    assert "overdue page, 50 rows  2500   bare Django view  0.50" in text
    assert "two-row" not in text


def test_the_files_of_a_report_are_held_against_their_seconds() -> None:
    text = "\n".join(files.lines(files.Files(150, {"pdf": 2.0, "docx": 5.5}, 300)))
    assert "150 plans  pdf     2.00 s  ≤ 5 s  reached" in text
    assert "docx    5.50 s  ≤ 5 s  missed" in text
    assert text.endswith("at most 300 MB")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://somebody@127.0.0.1:5433/bench", "postgresql://somebody@127.0.0.1:5433/bench_2500"),
        ("sqlite:////tmp/bench.sqlite3", "sqlite:////tmp/bench_2500.sqlite3"),
    ],
)
def test_each_size_has_a_database_beside_the_one_named(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert databases.url_for(2500) == expected


@pytest.mark.parametrize("given", ["mysql://127.0.0.1/bench", "postgresql://127.0.0.1"])
def test_an_address_that_names_no_database_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    with pytest.raises(Failed, match="it must look like"):
        databases.url_for(2500)


def test_a_database_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE letters (id integer)")
    with pytest.raises(Failed, match="something else"):
        databases.ensure(f"sqlite:///{file}")


def test_without_the_load_client_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["bench"])
    assert driver.main() == 1
    assert capsys.readouterr().out.strip().endswith("On Debian: apt-get install wrk")
