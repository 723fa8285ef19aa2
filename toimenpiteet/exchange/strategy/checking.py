"""What no single field of a strategy file can tell: references, repeated keys, circles, years, figures.

Everything is checked, in all files together, before anything is written.
"""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from pydantic import BaseModel

from toimenpiteet import labels
from toimenpiteet.calendar import parse_due
from toimenpiteet.dates import flaw_words
from toimenpiteet.exchange import schema, values
from toimenpiteet.exchange.strategy import circles, citations, columns, twice
from toimenpiteet.exchange.strategy.checked import Checked, Found
from toimenpiteet.exchange.strategy.problems import Problem, Steps, noun
from toimenpiteet.round_days import RoundKind, Which, flaw


@dataclass
class Known:
    """The keys that the entries of one municipality may name: those in the database and those in the files."""

    units: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    budget_lines: set[str] = field(default_factory=set)
    strategies: set[str] = field(default_factory=set)
    above: dict[str, list[str]] = field(default_factory=dict)
    """Each unit's parent and successor."""


def check(files: list[Checked], known: Mapping[str, Known]) -> list[Problem]:
    """Return what is wrong with `files` together; `known` has the database's keys by municipality."""
    everything = _with_files(files, known)
    problems: list[Problem] = []
    for checked in files:
        for path, what, cure in _one_file(checked, everything[checked.file.municipality.key]):
            problems.append(checked.place.problem(path, what, cure))
    above = {owner: keys.above for owner, keys in known.items()}
    return problems + _differences(files) + circles.problems([(each.file, each.place) for each in files], above)


def _with_files(files: list[Checked], known: Mapping[str, Known]) -> dict[str, Known]:
    everything: dict[str, Known] = defaultdict(Known)
    for key, keys in known.items():
        everything[key] = Known(set(keys.units), set(keys.projects), set(keys.budget_lines), set(keys.strategies))
    for checked in files:
        keys = everything[checked.file.municipality.key]
        keys.units |= {unit.key for unit in checked.file.units}
        keys.projects |= {project.key for project in checked.file.projects}
        keys.budget_lines |= {line.key for line in checked.file.budget_lines}
        keys.strategies.add(checked.file.strategy.key)
    return everything


def _one_file(checked: Checked, known: Known) -> Found:
    yield from twice.found(checked)
    yield from _references(checked, known)
    for path, entry in checked.entries:
        if checked.place.in_file(path) in checked.partial:
            continue
        for kind, rule in _RULES:
            if isinstance(entry, kind):
                yield from ((path + steps, what, cure) for steps, what, cure in rule(entry))
    yield from citations.wrong(checked)


# References

_UNITS, _PROJECTS, _BUDGET, _PERIODS, _GOALS, _THEMES, _STRATEGIES, _INDICATORS = (
    "units", "projects", "budget_lines", "periods", "goals", "themes", "strategies", "indicators",
)  # fmt: skip
_REFERENCES: tuple[tuple[type[values.Entry], str, str], ...] = (
    (schema.Unit, "parent", _UNITS),
    (schema.Unit, "successor", _UNITS),
    (schema.Unit, "members", _UNITS),
    (schema.Project, "budget_line", _BUDGET),
    (schema.Goal, "owner", _UNITS),
    (schema.Item, "lead", _UNITS),
    (schema.Item, "linked_goals", _GOALS),
    (schema.Plan, "period", _PERIODS),
    (schema.Plan, "units", _UNITS),
    (schema.Plan, "projects", _PROJECTS),
    (schema.Plan, "budget_lines", _BUDGET),
    (schema.Step, "unit", _UNITS),
    (schema.Target, "above", _INDICATORS),
    (schema.Programme, "themes", _THEMES),
    (schema.Strategy, "follows", _STRATEGIES),
)


def _references(checked: Checked, known: Known) -> Found:
    keys = {
        _UNITS: known.units,
        _PROJECTS: known.projects,
        _BUDGET: known.budget_lines,
        _STRATEGIES: known.strategies,
        _PERIODS: {period.key for period in checked.file.strategy.periods},
        _GOALS: {goal.key for _path, goal in checked.of(schema.Goal)},
        _THEMES: {theme.key for _path, theme in checked.of(schema.Theme)},
        _INDICATORS: {indicator.key for _path, indicator in checked.of(schema.Indicator)},
    }
    for path, entry in checked.entries:
        for kind, name, target in _REFERENCES:
            if isinstance(entry, kind):
                yield from _named((*path, name), getattr(entry, name), target, keys[target] | checked.out)


def _named(path: Steps, value: str | list[str] | None, target: str, keys: set[str]) -> Found:
    if isinstance(value, list):
        for i, key in enumerate(value):
            yield from _named((*path, i), key, target, keys)
            if key in value[:i]:
                yield (*path, i), _('"%(key)s" is in the list twice.') % {"key": key}, _("Remove one of them.")
    elif value is not None and value not in keys:
        what = _('There is no %(kind)s with the key "%(key)s".')
        named = _("strategy") if target == _STRATEGIES else str(noun(target))
        yield path, what % {"kind": named, "key": value}, _closest(value, keys)


def _closest(key: str, keys: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, keys, n=1)
    if near:
        return _('Did you mean "%(key)s"?') % {"key": near[0]}
    return _("Correct the key, or add the entry that it names.")


# Rules of single entries: each yields steps from the entry, what is wrong, cure


def _years(entry: schema.Project | schema.Programme | schema.Strategy | schema.Period) -> Found:
    if entry.start_year and entry.end_year and entry.start_year > entry.end_year:
        values = {"start": entry.start_year, "end": entry.end_year}
        yield (
            ("end_year",),
            _("The last year %(end)s is before the first year %(start)s.") % values,
            _("Correct one of them."),
        )


def _value(entry: schema.Value) -> Found:
    if entry.year is None and entry.position is None:
        what = _("The figure has neither a year nor a position.")
        yield (), what, _("Write year: when the source gives it, otherwise position: in the order of reading.")
    if entry.no_data and entry.value is not None:
        yield ("no_data",), _("There is a figure and also no_data."), _("Remove one of them.")
    if not entry.no_data and entry.value is None:
        yield (), _("There is no figure."), _("Write value:, or no_data: true when the source says so.")


def _target(entry: schema.Target) -> Found:
    if entry.op == "none" and entry.value is not None:
        yield ("value",), _("A target that is not set yet has no figure."), _("Remove it, or choose another op.")
    if entry.op != "none" and entry.value is None and entry.note is None and entry.above is None:
        what = _("The target has neither a figure nor a note.")
        yield (), what, _("Write value:, or note: when the source says it in words, or op: none.")


def _compared(entry: schema.Target) -> Found:
    if entry.above is not None and entry.op != "above":
        yield ("above",), _("Only a target with op: above compares."), _("Write op: above, or remove it.")
    if entry.op == "above" and entry.value is not None:
        what = _("A target above another indicator has no figure.")
        yield ("value",), what, _("Remove it, or choose another op.")


def _date(entry: schema.Step) -> Found:
    for kind in list(entry.dates)[1:]:
        yield (kind,), _("A step has one date."), _("Keep the one that says what the date means.")


def _counting(entry: schema.Goal) -> Found:
    if (entry.counting == "share") != (entry.counting_share is not None):
        what = _("A share and its number belong together.")
        yield ("counting_share",), what, _("Write counting: share and counting_share:, or neither.")


def _unit(entry: schema.Unit) -> Found:
    if entry.kind != "group" and (entry.members or entry.members_kind):
        name = "members" if entry.members else "members_kind"
        yield (name,), _("Only a group has members."), _("Write kind: group, or remove the members.")
    if entry.valid_from and entry.valid_until:
        ends = parse_due(entry.valid_until).last_day
        if values.first_day(entry.valid_from) > ends:
            yield ("valid_until",), _("The last day is before the first day."), _("Correct one of them.")


def _event(entry: schema.Event) -> Found:
    if entry.start and values.first_day(entry.start) > parse_due(entry.end).last_day:
        yield ("end",), _("The last day is before the first day."), _("Correct one of them.")


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _day(entry: schema.CalendarEntry) -> Found:
    given = [field is not None for field in (entry.rule, entry.month, entry.day)]
    if given not in ([True, False, False], [False, True, True]):
        yield ("rule",), _("A day is told either by a rule, or by a month and a day."), _("Give one of the two.")
    elif entry.month and entry.day and entry.day > _LONGEST[entry.month - 1]:
        values = {"month": entry.month, "day": entry.day}
        yield ("day",), _("Month %(month)s has no day %(day)s.") % values, _("Correct the day or the month.")


def _calendar(entry: schema.Strategy) -> Found:
    if any(found for one in entry.calendar for found in _day(one)):
        return
    for kind in RoundKind:
        own = {Which(one.which): columns.rule(one) for one in entry.calendar if one.kind == kind}
        try:
            found = flaw(kind, own)
        except ValueError as error:
            yield ("calendar",), str(labels.RULE_FLAW[str(error)]), _("Correct the rules.")
        else:
            if found is not None:
                yield ("calendar",), flaw_words(found), _("Correct the rules.")


def _aliases(entry: schema.Unit | schema.Project) -> Found:
    for i, alias in enumerate(entry.aliases):
        if alias in entry.aliases[:i]:
            yield ("aliases", i), _('"%(key)s" is in the list twice.') % {"key": alias}, _("Remove one of them.")


def _own_goal(entry: schema.Goal) -> Found:
    for i, item in enumerate(entry.items):
        if entry.key in item.linked_goals:
            what = _("An action item is not linked to the goal that it stands under.")
            yield ("items", i, "linked_goals"), what, _("Remove the goal from the list.")


_RULES: tuple[tuple[type[values.Entry], Callable[..., Found]], ...] = (
    (schema.Project, _years),
    (schema.Programme, _years),
    (schema.Strategy, _years),
    (schema.Period, _years),
    (schema.Value, _value),
    (schema.Target, _target),
    (schema.Target, _compared),
    (schema.Step, _date),
    (schema.Goal, _counting),
    (schema.Unit, _unit),
    (schema.Event, _event),
    (schema.CalendarEntry, _day),
    (schema.Strategy, _calendar),
    (schema.Unit, _aliases),
    (schema.Project, _aliases),
    (schema.Goal, _own_goal),
)


# All files together

_SHARED = ("units", "budget_lines", "projects")


def _differences(files: list[Checked]) -> list[Problem]:
    first: dict[tuple[str, ...], tuple[Checked, Steps, object]] = {}
    problems: list[Problem] = []
    for checked in files:
        for key, path, content in _shared(checked):
            other, where, said = first.setdefault(key, (checked, path, content))
            if other is not checked and said != content:
                problems.append(_differs(checked, path, other, where))
    return problems


def _shared(checked: Checked) -> Iterator[tuple[tuple[str, ...], Steps, object]]:
    file, owner = checked.file, checked.file.municipality.key
    yield ("municipality", owner), ("municipality",), _content(file.municipality)
    # A strategy has one file: its content is the file's name, so that a second file always differs.
    yield ("strategy", owner, file.strategy.key), ("strategy", "key"), checked.name
    for name in _SHARED:
        for i, entry in enumerate(getattr(file, name)):
            yield (name, owner, entry.key), (name, i), _content(entry)
    for i, programme in enumerate(file.strategy.programmes):
        content = programme.model_dump(exclude={"themes", "indicators"})
        yield ("programmes", owner, programme.key), ("strategy", "programmes", i), content


def _content(entry: BaseModel) -> dict[str, object]:
    return entry.model_dump()


def _differs(checked: Checked, path: Steps, other: Checked, where: Steps) -> Problem:
    values = {"file": other.name, "line": other.place.at(where).line}
    if path[0] == "strategy" and path[-1] == "key":
        what = _("The same strategy is also in the file %(file)s (line %(line)s).") % values
        return checked.place.problem(path, what, _("Give each strategy a key and a file of its own."))
    what = _("The same entry is different in the file %(file)s (line %(line)s).") % values
    return checked.place.problem(path, what, _("Write it in both files in the same words, or give it another key."))
