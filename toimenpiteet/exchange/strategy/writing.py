"""Checked files become rows, municipality by municipality. How rows are matched is ``matching``'s."""

from collections.abc import Callable

from toimenpiteet.exchange.strategy import shared
from toimenpiteet.exchange.strategy.checked import Checked
from toimenpiteet.exchange.strategy.columns import words
from toimenpiteet.exchange.strategy.matching import Rows
from toimenpiteet.exchange.strategy.shared import City
from toimenpiteet.exchange.strategy.strategies import StrategyWriter


def write(rows: Rows, files: list[Checked], done: Callable[[str], None]) -> None:
    """Write `files`, already checked, calling `done` with the name of each; needs a transaction around it."""
    for key in dict.fromkeys(checked.file.municipality.key for checked in files):
        own = [checked for checked in files if checked.file.municipality.key == key]
        city = _city(rows, key, own)
        shared.write(city)
        for checked in _earlier_first(own):
            StrategyWriter(city, checked).write()
            done(checked.name)
        rows.finish()


def _city(rows: Rows, key: str, files: list[Checked]) -> City:
    rows.of(files[0].name, f"municipality {key}")
    said = files[0].file.municipality
    return City(rows, files, rows.municipality(key, {**words("name", said.name), "language": said.language}))


def _earlier_first(files: list[Checked]) -> list[Checked]:
    """Return `files` so that a strategy comes after the one it follows; they make no circle (it is checked)."""
    waiting = {checked.file.strategy.key: checked for checked in files}
    found: list[Checked] = []
    while waiting:
        ready = [each for each in waiting.values() if each.file.strategy.follows not in waiting]
        found += ready
        for each in ready:
            del waiting[each.file.strategy.key]
    return found
