"""Dates of less than day precision: what is read, what is refused, and that writing undoes reading."""

from datetime import UTC, date, datetime, timedelta

import pytest

from toimenpiteet.calendar import Due, Precision, due_around, format_due, parse_due

pytestmark = pytest.mark.once

READ = {
    "2020-11-30": Due(date(2020, 11, 30), Precision.DAY),
    "2024-02-29": Due(date(2024, 2, 29), Precision.DAY),
    "2021-06": Due(date(2021, 6, 30), Precision.MONTH),
    "2024-02": Due(date(2024, 2, 29), Precision.MONTH),
    "2021-spring": Due(date(2021, 5, 31), Precision.SEASON),
    "2021-summer": Due(date(2021, 8, 31), Precision.SEASON),
    "2021-autumn": Due(date(2021, 11, 30), Precision.SEASON),
    "2021-h1": Due(date(2021, 6, 30), Precision.HALF),
    "2021-h2": Due(date(2021, 12, 31), Precision.HALF),
    "2021-end": Due(date(2021, 12, 31), Precision.YEAR_END),
    "2021": Due(date(2021, 12, 31), Precision.YEAR),
    "0001": Due(date(1, 12, 31), Precision.YEAR),
    "9999-12-31": Due(date.max, Precision.DAY),
}
EVERY_DAY = [date(2019, 1, 1) + timedelta(days=i) for i in range(6 * 365 + 2)]


@pytest.mark.parametrize(("text", "due"), READ.items())
def test_a_text_is_read_and_written_the_same(text: str, due: Due) -> None:
    assert parse_due(text) == due
    assert format_due(due) == text


def test_every_day_at_every_precision_is_written_or_refused() -> None:
    written = 0
    for day in EVERY_DAY:
        for precision in Precision:
            due = Due(day, precision)
            try:
                text = format_due(due)
            except ValueError:
                assert precision is not Precision.DAY
                continue
            assert parse_due(text) == due
            written += 1
    # Per year: each day, 12 months, 3 seasons, 2 halves, the year's end and the year.
    assert written == (6 * 365 + 2) + 6 * (12 + 3 + 2 + 1 + 1)


@pytest.mark.parametrize("precision", [precision for precision in Precision if precision is not Precision.DAY])
def test_a_last_day_that_ends_nothing_is_not_written(precision: Precision) -> None:
    with pytest.raises(ValueError, match="due_day"):
        format_due(Due(date(2021, 6, 15), precision))


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "20210101", "2021-1", "2021-1-1", "2021-", "2021-06-", "2021-06-1", "21", "02021", "-2021"),
        *("2021\n", "2021-06-30\n", "\n2021", " 2021", "2021 ", "2021-06-30T00:00", "2021-06-30Z", "2021/06/30"),
        *("2021-winter", "2021-h3", "2021-H1", "2021-Autumn", "2021-end-01", "2021-06-autumn", "30.6.2021"),
        # Digits of other scripts (Arabic-Indic, fullwidth, Devanagari) and dashes that only look right.
        *("٢٠٢١", "2021-٠٦", "2021-06-３０", "２０２１", "२०२१-06", "2021–06", "2021‑06", "2021−06−30"),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="due_syntax"):
        parse_due(text)


@pytest.mark.parametrize(
    "text",
    ["2021-13", "2021-00", "2021-02-30", "2021-02-29", "2021-06-31", "2021-06-00", "2021-13-01", "0000", "0000-h1"],
)
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="due_day"):
        parse_due(text)


def test_a_loose_date_is_past_when_all_of_it_is() -> None:
    autumn = parse_due("2021-autumn")
    assert not autumn.is_past(datetime(2021, 11, 30, 21, 59, tzinfo=UTC))
    assert autumn.is_past(datetime(2021, 11, 30, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "precision", "last"),
    [
        (date(2021, 10, 1), Precision.DAY, date(2021, 10, 1)),
        (date(2024, 2, 3), Precision.MONTH, date(2024, 2, 29)),
        (date(2021, 3, 1), Precision.SEASON, date(2021, 5, 31)),
        (date(2021, 8, 31), Precision.SEASON, date(2021, 8, 31)),
        (date(2021, 9, 1), Precision.SEASON, date(2021, 11, 30)),
        (date(2021, 6, 30), Precision.HALF, date(2021, 6, 30)),
        (date(2021, 7, 1), Precision.HALF, date(2021, 12, 31)),
        (date(2021, 1, 1), Precision.YEAR_END, date(2021, 12, 31)),
        (date(2021, 1, 1), Precision.YEAR, date(2021, 12, 31)),
    ],
)
def test_any_day_of_a_month_season_or_year_means_it(day: date, precision: Precision, last: date) -> None:
    due = due_around(day, precision)
    assert due == Due(last, precision)
    assert parse_due(format_due(due)) == due


@pytest.mark.parametrize("month", [1, 2, 12])
def test_winter_is_no_season_of_one_year(month: int) -> None:
    with pytest.raises(ValueError, match="due_day"):
        due_around(date(2021, month, 15), Precision.SEASON)
