"""The delivery log: what was sent, to whom, its text; what failed and why; what is planned."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications import delivery, holding, links, log, outbox
from notifications.log import PAGE, Filters, Readable
from notifications.models import DAY, UNSENT, Reminder
from notifications.names import filled, shown
from notifications.web.forms import LogFilter
from toimenpiteet import access, labels
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Actor, Door, Municipality
from toimenpiteet.selectors.strategies.municipality import own_municipalities
from toimenpiteet.web import lists
from toimenpiteet.web.paging import neighbours, page_number
from toimenpiteet.web.request import RequestContext, back_to, request_context, say_done, whole_number

_COLUMNS = (
    lists.Column("recipient", gettext_lazy("Recipient"), lambda row: row.recipient or row.address, fixed=True),
    lists.Column("state", gettext_lazy("State"), lambda row: row.state_label, sort=True),
    lists.Column("when", gettext_lazy("When"), lambda row: row.when, sort=True, in_file=lambda row: row.at),
    lists.Column(
        "about",
        gettext_lazy("About"),
        lambda row: ": ".join(part for part in (", ".join(row.about), ", ".join(map(str, row.units))) if part),
    ),
    lists.Column("address", gettext_lazy("E-mail"), lambda row: row.address, shown=False),
    lists.Column("note", gettext_lazy("Note"), lambda row: row.note, shown=False),
)


@require_safe
@login_required
def log_page(request: HttpRequest) -> HttpResponseBase:
    """Show the mails of the person's municipalities; everything is in the address; also as a file."""
    me = request_context(request)
    own = log.readable(me.scope)
    if not own:
        return refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    form, table = LogFilter(request.GET, units=log.units(own.days)), lists.read(_COLUMNS, request, sort=log.LATEST)
    valid = form.is_valid()
    page = page_number(request)
    found: Any = log.mails(own, Filters(**form.cleaned_data), table.sort) if valid else []
    if table.file:
        every = log.rows_of_file(found) if valid else []
        return lists.download(table, every, name=_("Reminders"), now=me.now)
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "form": form,
        "table": table,
        "filtered": valid and any(form.cleaned_data.values()),
        "rows": [log.log_row(row) for row in rows[:PAGE]],
        **neighbours(request, page, more=len(rows) > PAGE),
        **_health(me.now, own),
        "holds": holding.shown(own.days),
        "may_hold": bool(access.where(me.scope, Verb.SEND_MAILS)),
        "keeps": bool(access.where(me.scope, Verb.ADMINISTER)),
    }
    return render(request, "notifications/log.html", context, status=200 if valid else 422)


def _health(now: datetime, own: Readable) -> dict[str, Any]:
    health = outbox.health(now, own.rows())
    counts = [(state.value, state.label, health.counts.get(state.value, 0)) for state in Reminder.State]
    return {
        "oldest_due": moment_words(health.oldest_due) if health.oldest_due else "",
        "counts": [one for one in counts if one[2]],
    }


@require_safe
@login_required
def reminder(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Show one mail with its text; of one that waits, the text as it would be now."""
    me = request_context(request)
    row = log.find_mail(_known(me), reminder_id)
    # What is about an account is known to none but those who may read it.
    verdict = access.may(me.scope, Verb.READ_MAILS, row.municipality_id) if row.kind == DAY else Verdict()
    if not verdict:
        return refused(request, verdict)
    text, error = filled(row.text, row.error)
    waits = row.state in UNSENT and row.address_id is not None and row.kind == DAY
    if waits and not text:
        mail = delivery.preview(row, me.now)
        text = shown(mail.text) if mail else ""
    context = {
        "row": log.log_row(row),
        "reminder": row,
        "text": links.blanked(text),
        "error": error,
        "preview": waits,
        "facts": _moments(row),
        "account": row.person_id if row.kind != DAY else None,
        "again": log.sent_again(row),
        "number": log.again_count(row) + 1,
        "may_send_again": _may_send_again(me, row),
        "may_hold": _may_send(me, row) and row.state in UNSENT,
        "held": holding.of_mail(row.pk),
        "links": links.rows_of(row),
        "may_revoke": _may_revoke(me, row),
    }
    return render(request, "notifications/log_detail.html", context)


def _known(me: RequestContext) -> Readable:
    """Return the mails whose existence is no secret to the person."""
    return replace(log.readable(me.scope), days=me.scope.municipalities)


def _moments(row: Reminder) -> dict[str, str]:
    return {
        "due": moment_words(row.due_at),
        "sent": moment_words(row.sent_at) if row.sent_at else "",
        "next": moment_words(row.next_attempt_at) if row.state in UNSENT else "",
        "planned": moment_words(row.created_at),
    }


def _may_send_again(me: RequestContext, row: Reminder) -> bool:
    return _may_send(me, row) and row.state not in UNSENT and row.address_id is not None


def _may_send(me: RequestContext, row: Reminder) -> bool:
    # What is about an account leaves at once, whatever is held, and is asked for again on the person's page.
    return row.kind == DAY and bool(access.may(me.scope, Verb.SEND_MAILS, row.municipality_id))


def _may_revoke(me: RequestContext, row: Reminder) -> bool:
    """Who directs may, and who looks after the city's people."""
    return any(access.may(me.scope, verb, row.municipality_id) for verb in (Verb.SEND_MAILS, Verb.ADMINISTER))


@require_POST
@login_required
def send_again(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Plan the mail anew, with an identity of its own; it leaves in the next mail hours."""
    me = request_context(request)
    row = log.find_mail(Readable(me.scope.municipalities), reminder_id)
    verdict = access.may(me.scope, Verb.SEND_MAILS, row.municipality_id)
    if me.scope.user is None or not verdict:
        return refused(request, verdict)
    if not _may_send_again(me, row):
        return redirect("reminder", reminder_id=row.pk)
    latest = log.again_count(row) + 1
    wanted = min(whole_number(request.POST.get("number"), latest), latest)
    again = outbox.send_again(row, me.scope.user, max(1, wanted), me.now)
    return redirect("reminder", reminder_id=again.pk)


@require_POST
@login_required
def revoke_links(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """End the links for answering that stand in one mail: it reached somebody whom it should not have."""
    me = request_context(request)
    row = log.find_mail(Readable(me.scope.municipalities), reminder_id)
    if me.scope.user is None or not _may_revoke(me, row):
        return refused(request, access.may(me.scope, Verb.SEND_MAILS, row.municipality_id))
    ended = links.revoke(row.links.all(), Actor.person(me.scope.user, Door.PAGE), me.now)
    say_done(request, links.revoked_words(ended))
    return redirect("reminder", reminder_id=row.pk)


@require_POST
@login_required
def hold(request: HttpRequest) -> HttpResponse:
    """Hold mails that wait, or let them go: the one named, those that the filters show, or all of the municipality."""
    me = request_context(request)
    own = access.where(me.scope, Verb.SEND_MAILS)
    if me.scope.user is None or not own:
        return refused(request, Verdict(why=labels.may_not(Verb.SEND_MAILS)))
    words = holding.act(
        Actor.person(me.scope.user, Door.PAGE),
        request.POST.get("act", ""),
        _wanted(request, own),
        own,
        request.POST.get("why", ""),
        me.now,
    )
    say_done(request, words)
    return redirect(back_to(request, reverse("reminder-log")))


def _wanted(request: HttpRequest, own: frozenset[int]) -> "QuerySet[Reminder] | None":
    """Return the mails that were asked for; None: all of these municipalities, also those to come."""
    if pk := whole_number(request.POST.get("reminder")):
        return log.single(own, pk)
    if request.POST.get("which") != "shown":
        return None
    form = LogFilter(QueryDict(request.POST.get("filters", "")), units=log.units(own))
    return log.mails(Readable(own), Filters(**form.cleaned_data), log.LATEST) if form.is_valid() else log.single(own, 0)


def home_of(request: HttpRequest, me: RequestContext, verb: Verb) -> Municipality | None:
    """Return the municipality in which the person may do `verb`: the one asked for, else the first."""
    may = access.where(me.scope, verb)
    homes = [one for one in own_municipalities(me.scope) if one.pk in may]
    wanted = whole_number(request.GET.get("kunta"))
    return next((one for one in homes if one.pk == wanted), next(iter(homes), None))


def refused(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """Say why the person may not."""
    return render(request, "notifications/refused.html", {"why": verdict.why}, status=403)
