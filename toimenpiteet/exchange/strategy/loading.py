"""Load strategy files: all of them or nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.db import DataError, IntegrityError, connection
from django.utils.translation import gettext as _

from toimenpiteet.exchange.strategy.checked import Checked
from toimenpiteet.exchange.strategy.checking import Known, check
from toimenpiteet.exchange.strategy.fitting import fit
from toimenpiteet.exchange.strategy.matching import Rows
from toimenpiteet.exchange.strategy.problems import Problem, Refused
from toimenpiteet.exchange.strategy.reading import read
from toimenpiteet.exchange.strategy.reporting import Report
from toimenpiteet.exchange.strategy.writing import write
from toimenpiteet.models import Actor, BudgetLine, Door, Project, Strategy, Unit
from toimenpiteet.services import changing, search
from toimenpiteet.services.errors import Invalid

DATA = Path(__file__).resolve().parents[2] / "data"
# In Finnish, as it stands in the history of a Finnish municipality's plan; pages say it in their own (labels.PROGRAM).
LOADER = Actor.system("Strategioiden lataus", Door.IMPORT)
_ADVISORY_LOCK = 7_304_112


class _Trial(Exception):
    """Ends a trial: what was written is taken back."""


def bundled_files() -> list[Path]:
    """Return the strategy files that come with the product."""
    return sorted(DATA.glob("*.yaml"))


def load(
    paths: Iterable[Path],
    *,
    actor: Actor,
    now: datetime,
    progress: Callable[[str], None] | None = None,
    trial: bool = False,
) -> Report:
    """Load strategy files in one transaction and return what was done; calling it again changes nothing.

    A `trial` returns the same and keeps nothing. `progress` is called with the name of each file as it has been
    written. Raises Refused, with every problem of every file, when any of them cannot be taken; then nothing has been
    written.
    """
    files = _checked(list(dict.fromkeys(path.resolve() for path in paths)))
    report = Report([checked.name for checked in files])
    rows = Rows(actor, now, report)
    try:
        with changing.act(), search.gathered():
            _one_at_a_time()
            write(rows, files, progress or _silent)
            _end(trial=trial)
    except _Trial:
        return report
    except Invalid as error:
        raise Refused([Problem(rows.file, error.message, _cure(), entry=rows.entry)]) from error
    except (IntegrityError, DataError) as error:
        raise Refused([_refused_by_database(rows, error)]) from error
    return report


def _end(*, trial: bool) -> None:
    if trial:
        raise _Trial


def _silent(name: str) -> None:
    """Show no progress."""


def _checked(paths: list[Path]) -> list[Checked]:
    files: list[Checked] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            checked, wrong = fit(read(path))
        except Refused as refused:
            problems += refused.problems
            continue
        problems += wrong
        files += [checked] if checked else []
    # With a file missing, what the others say of it would look wrong: first things first.
    if len(files) == len(paths):
        problems += check(files, {key: _known_of(key) for key in {one.file.municipality.key for one in files}})
    if problems:
        raise Refused(problems)
    return files


def _known_of(municipality: str) -> Known:
    known = Known()
    units = Unit.objects.filter(municipality__key=municipality)
    for key, parent, successor in units.values_list("key", "parent__key", "successor__key"):
        known.units.add(key)
        known.above[key] = [other for other in (parent, successor) if other]
    known.projects.update(Project.objects.filter(municipality__key=municipality).values_list("key", flat=True))
    known.budget_lines.update(BudgetLine.objects.filter(municipality__key=municipality).values_list("key", flat=True))
    known.strategies.update(Strategy.objects.filter(municipality__key=municipality).values_list("key", flat=True))
    return known


def _one_at_a_time() -> None:
    """Let a second load wait for the first; SQLite's transactions do so by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])


def _refused_by_database(rows: Rows, error: Exception) -> Problem:
    what = _("The database does not take this entry together with what is already there: %(error)s.")
    return Problem(rows.file, what % {"error": str(error).splitlines()[0]}, _cure(), entry=rows.entry)


def _cure() -> str:
    return _("Compare the entry with the same one in the product, and correct one of them.")
