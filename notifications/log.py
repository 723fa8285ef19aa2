"""What the delivery log shows: reads of the outbox, as finished values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from notifications import kinds
from notifications.models import DAY, UNSENT, Obligation, Reminder
from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import end_of_day, start_of_day
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Unit
from toimenpiteet.selectors.batches import BATCH
from toimenpiteet.selectors.translated import Text, in_alphabet, text_of
from toimenpiteet.services.text import one_line

PAGE = 50
State = Reminder.State
LATEST = "-when"
ORDERS = {
    LATEST: ("-due_at", "-pk"),
    "when": ("due_at", "pk"),
    "state": ("state", "-due_at", "-pk"),
    "-state": ("-state", "-due_at", "-pk"),
}


@dataclass(frozen=True)
class Filters:
    """What to show; days are Europe/Helsinki, both included."""

    state: str = ""
    unit: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Readable:
    """Whose mails a person may read: the mails of the day of municipalities, and those about accounts of their people.

    What is about an account is read by those who administer the people.
    """

    days: frozenset[int]
    accounts: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.days)

    def rows(self) -> "QuerySet[Reminder]":
        """Return these mails."""
        of_days = Q(municipality__in=self.days)
        if not self.accounts:
            return Reminder.objects.filter(of_days)
        theirs = Q(municipality__isnull=True, person__in=access.people_of(self.accounts).values("pk"))
        return Reminder.objects.filter(of_days | theirs)


def readable(scope: Scope) -> Readable:
    """Return which mails the person may read."""
    return Readable(access.where(scope, Verb.READ_MAILS), access.where(scope, Verb.ADMINISTER))


@dataclass(frozen=True)
class LogRow:
    """One mail in the list."""

    pk: int
    state: str
    state_label: str
    at: datetime
    recipient: str
    address: str
    subject: str
    units: list[Text]
    rounds: list[str]
    about: list[str]
    note: str
    troubled: bool

    @property
    def when(self) -> str:
        """Return `at` in words."""
        return moment_words(self.at)


def mails(own: Readable, filters: Filters, order: str) -> "QuerySet[Reminder]":
    """Return the mails that the log shows, in one of ORDERS; a slice of them costs two queries."""
    rows = with_parts(own.rows()).order_by(*ORDERS[order])
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.unit:
        rows = rows.filter(pk__in=Obligation.objects.filter(unit_id=filters.unit).values("reminder"))
    if filters.since:
        rows = rows.filter(due_at__gte=start_of_day(filters.since))
    if filters.until:
        rows = rows.filter(due_at__lt=end_of_day(filters.until))
    return rows


def rows_of_file(found: "QuerySet[Reminder]") -> Iterator[LogRow]:
    """Yield every mail of ``mails`` as the list shows it, read in batches."""
    return map(log_row, found.iterator(chunk_size=BATCH))


def with_parts(rows: "QuerySet[Reminder]") -> "QuerySet[Reminder]":
    """Return `rows` with what ``log_row`` reads, in one query more."""
    parts = Obligation.objects.select_related("unit", "round").order_by("unit__order", "unit_id", "pk")
    return rows.select_related("municipality", "name", "address").prefetch_related(Prefetch("obligations", parts))


def single(municipalities: Collection[int], pk: int) -> "QuerySet[Reminder]":
    """Return the one mail of these municipalities, or none."""
    return Reminder.objects.filter(municipality__in=municipalities, pk=pk)


def find_mail(known: Readable, pk: int) -> Reminder:
    """Return one of these mails; raises Http404 for any other."""
    try:
        return with_parts(known.rows().filter(pk=pk)).get()
    except (Reminder.DoesNotExist, OverflowError) as error:
        raise Http404 from error


def sent_again(mail: Reminder) -> "list[LogRow]":
    """Return the mails that somebody asked for in the place of this one."""
    return [log_row(one) for one in with_parts(Reminder.objects.filter(again_of=mail))]


def units(municipalities: Collection[int]) -> list[tuple[int, Text]]:
    """Return the units about which there are mails, by name, as (id, name)."""
    told = Obligation.objects.filter(reminder__municipality__in=municipalities).values("unit")
    found = Unit.objects.filter(pk__in=told).select_related("municipality")
    names = [(unit.pk, text_of(unit, "name", unit.municipality.language)) for unit in found]
    return sorted(names, key=lambda pair: in_alphabet(pair[1]))


def log_row(row: Reminder) -> LogRow:
    """Return a mail loaded ``with_parts`` as the list shows it, in the active language."""
    own = row.municipality.language if row.municipality else ""
    parts = list(row.obligations.all())
    return LogRow(
        pk=row.pk,
        state=row.state,
        state_label=row.get_state_display(),
        at=row.sent_at or row.due_at,
        # Somebody's name may hold anything; an address looks like one.
        recipient=one_line(row.recipient),
        address=row.sent_to,
        subject=row.subject,
        units=list({part.unit_id: text_of(part.unit, "name", own) for part in parts if part.unit}.values()),
        rounds=list({part.round_id: part.round.occasion for part in parts if part.round}.values()),
        about=_about(row, parts),
        note=note(row),
        troubled=row.state == State.FAILED or (row.state in UNSENT and row.problem != ""),
    )


def _about(row: Reminder, parts: list[Obligation]) -> list[str]:
    if row.kind != DAY:
        return [str(labels.LETTER[row.kind])]
    return list(dict.fromkeys(str(kinds.BY_NAME[part.kind].label) for part in parts if part.kind in kinds.BY_NAME))


def note(row: Reminder) -> str:
    """Say why the mail was not sent, or not yet."""
    if row.reason:
        return row.get_reason_display()
    return row.get_problem_display() if row.problem else ""


def again_count(row: Reminder) -> int:
    """Return how often the mail has been asked for again."""
    return Reminder.objects.filter(again_of=row.again_of_id or row.pk).count()
