"""The delivery log: what was sent, to whom, its text; what failed and why; what is planned."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications import delivery, log, outbox
from notifications.log import PAGE, Filters
from notifications.models import UNSENT, Reminder
from notifications.names import filled, shown
from notifications.web.forms import LogFilter
from notifications.web.visit import Visit, visit
from toimenpiteet import access, labels, lists
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Unit
from toimenpiteet.selectors.words import Text

_LAST_PAGE = 10_000


_COLUMNS = (
    lists.Column("recipient", gettext_lazy("Recipient"), lambda row: row.recipient or row.address, fixed=True),
    lists.Column("state", gettext_lazy("State"), lambda row: row.state_label, sort=True),
    lists.Column("when", gettext_lazy("When"), lambda row: row.when, sort=True),
    lists.Column("about", gettext_lazy("About"), lambda row: f"{', '.join(row.rounds)}: {_named(row.units)}"),
    lists.Column("address", gettext_lazy("E-mail"), lambda row: row.address, shown=False),
    lists.Column("note", gettext_lazy("Note"), lambda row: row.note, shown=False),
)


def _named(units: Iterable[Text]) -> str:
    return ", ".join(str(unit) for unit in units)


@require_safe
@login_required
def log_page(request: HttpRequest) -> HttpResponseBase:
    """Show the mails of the person's municipalities; everything is in the address; also as a file."""
    me = visit(request)
    if not me.own:
        return _refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    form, table = LogFilter(request.GET, units=log.units(me.own)), lists.read(_COLUMNS, request, sort="-when")
    valid = form.is_valid()
    page = _page(request)
    found = _found(me, form, table.sort) if valid else Reminder.objects.none()
    if table.file:
        rows_of_file = map(log.log_row, found[: lists.FILE_LIMIT + 1])
        return lists.download(table, rows_of_file, name=_("Reminders"), now=me.now)
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "form": form,
        "table": table,
        "filtered": valid and any(form.cleaned_data.values()),
        "rows": [log.log_row(row) for row in rows[:PAGE]],
        "previous": table.address(page=page - 1) if page > 1 else "",
        "following": table.address(page=page + 1) if len(rows) > PAGE else "",
        **_health(me),
    }
    return render(request, "notifications/log.html", context, status=200 if valid else 422)


def _found(me: Visit, form: LogFilter, sort: str) -> "QuerySet[Reminder]":
    rows = log.with_parts(log.of_municipalities(me.own, _filters(form)))
    return rows if sort == "-when" else rows.order_by(*log.ORDERS[sort])


def _health(me: Visit) -> dict[str, Any]:
    health = outbox.health(me.now, me.own)
    counts = [(state.value, state.label, health.counts.get(state.value, 0)) for state in Reminder.State]
    return {
        "oldest_due": moment_words(health.oldest_due) if health.oldest_due else "",
        "counts": [one for one in counts if one[2]],
    }


def _filters(form: LogFilter) -> Filters:
    given = form.cleaned_data
    unit = Unit.objects.get(pk=given["unit"]) if given["unit"] else None
    return Filters(given["state"], unit, given["since"], given["until"])


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    return max(1, min(wanted, _LAST_PAGE))


@require_safe
@login_required
def reminder(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Show one mail with its text; of one that waits, the text as it would be now."""
    me = visit(request)
    row = _reminder(me, reminder_id)
    verdict = access.may(me.scope, Verb.READ_MAILS, row.municipality_id)
    if not verdict:
        return _refused(request, verdict)
    text, error = filled(row.text, row.error)
    waits = row.state in UNSENT and row.address_id is not None
    if waits and not text:
        mail = delivery.preview(row, me.now)
        text = shown(mail.text) if mail else ""
    context = {
        "row": log.log_row(row),
        "reminder": row,
        "text": text,
        "error": error,
        "preview": waits,
        "facts": _moments(row),
        "again": [log.log_row(one) for one in log.with_parts(Reminder.objects.filter(again_of=row))],
        "number": log.again_count(row) + 1,
        "may_send_again": _may_send_again(me, row),
    }
    return render(request, "notifications/log_detail.html", context)


def _moments(row: Reminder) -> dict[str, str]:
    return {
        "due": moment_words(row.due_at),
        "sent": moment_words(row.sent_at) if row.sent_at else "",
        "next": moment_words(row.next_attempt_at) if row.state in UNSENT else "",
        "planned": moment_words(row.created_at),
    }


def _may_send_again(me: Visit, row: Reminder) -> bool:
    return (
        bool(access.may(me.scope, Verb.SEND_MAILS, row.municipality_id))
        and row.state not in UNSENT
        and row.address_id is not None
    )


@require_POST
@login_required
def send_again(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Plan the mail anew, with an identity of its own; it leaves in the next mail hours."""
    me = visit(request)
    row = _reminder(me, reminder_id)
    verdict = access.may(me.scope, Verb.SEND_MAILS, row.municipality_id)
    if me.scope.user is None or not verdict:
        return _refused(request, verdict)
    if not _may_send_again(me, row):
        return redirect("reminder", reminder_id=row.pk)
    number = request.POST.get("number", "")
    latest = log.again_count(row) + 1
    wanted = min(int(number), latest) if number.isascii() and number.isdigit() and len(number) < 10 else latest
    again = outbox.send_again(row, me.scope.user, max(1, wanted), me.now)
    return redirect("reminder", reminder_id=again.pk)


def _reminder(me: Visit, reminder_id: int) -> Reminder:
    """Return a mail of the person's municipalities; raises Http404 for any other."""
    rows = log.with_parts(Reminder.objects.filter(municipality__in=me.scope.municipalities))
    try:
        return rows.get(pk=reminder_id)
    except (Reminder.DoesNotExist, OverflowError) as error:
        raise Http404 from error


def _refused(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    return render(request, "notifications/refused.html", {"why": verdict.why}, status=403)
