"""The report of a round as a page, its files, and what the case management gives to it after the lock."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.exchange.report.files import BOTH, FORMATS, FORMS, LANGUAGES, Form, document, made, name_of
from toimenpiteet.exchange.report.metadata import metadata
from toimenpiteet.languages import BY_CODE, spoken
from toimenpiteet.models import Attachment, Publicity, ReportFile, ReportVersion
from toimenpiteet.selectors.rounds import reports as selected
from toimenpiteet.selectors.rounds.corrections import corrected
from toimenpiteet.selectors.rounds.evidence import beside_report
from toimenpiteet.selectors.rounds.reports import Source
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.translated import Named, Text, named_of
from toimenpiteet.services import audited, files, text
from toimenpiteet.services.errors import need
from toimenpiteet.services.rounds import reports as services
from toimenpiteet.services.rounds.reports import Given
from toimenpiteet.web.crumbs import Crumb, trail
from toimenpiteet.web.downloads import download
from toimenpiteet.web.edit.context import keeper
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.forms import day_field
from toimenpiteet.web.request import (
    GET_OR_POST,
    RequestContext,
    is_fragment,
    published,
    request_context,
    say_done,
    whole_number,
)

PATIENCE = timedelta(minutes=10)
"""After this, files that are not there yet will hardly come by waiting."""
MOST_ROWS = 500
"""A part with more is read in the files: a page of thousands of rows is nobody's."""
_KINDS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
_VERSION = "versio"


@dataclass(frozen=True)
class FileRow:
    """A file of the report: `file` is None while it is being made; a draft's is made when it is asked for."""

    kind: str
    href: str
    draft: bool
    file: ReportFile | None


# Pages


@require_safe
@published
def report(request: HttpRequest, me: RequestContext, round_id: int) -> HttpResponseBase:
    """Show the report of a round: of a published one to all, of a locked one to its people, a draft to the director."""
    found = _report(request, me, round_id)
    if found is None:
        return redirect_to_login(request.get_full_path())
    source, versions = found
    context: dict[str, Any] = {"asked": source.asked, **_files(me, source)}
    if is_fragment(request):
        return render(request, "toimenpiteet/rounds/parts/report_files.html", context)
    context |= {
        "report": document(source, spoken(get_language())),
        "version": source.version,
        "versions": versions,
        "gives": source.version in versions[:1] and bool(access.may(me.scope, Verb.DIRECT, source.asked)),
        "crumbs": _crumbs(source, _("Report")),
        "municipality": source.snapshot["municipality"]["key"],
        "strategy": _strategy(source),
        "most": MOST_ROWS,
        "evidence": beside_report(me.scope, source.asked),
        "corrected": corrected(me.scope, round_id, me.today) if source.version else [],
    }
    return render(request, "toimenpiteet/rounds/report.html", context)


def _report(request: HttpRequest, me: RequestContext, round_id: int) -> tuple[Source, list[ReportVersion]] | None:
    """Return the report that the address asks for, with its versions; None where signing in might show one.

    Raises Http404 where there is none, Forbidden for a draft that is not the person's to read.
    """
    asked, number = find_round(me.scope, round_id), whole_number(request.GET.get(_VERSION))
    versions = selected.versions_of(round_id, me.scope)
    chosen = [version for version in versions if number in {0, version.number}]
    if chosen:
        return selected.kept(chosen[0]), versions
    if request_context(request).scope.anonymous:
        return None
    if me.scope.anonymous or number:
        raise Http404
    need(access.may(me.scope, Verb.DIRECT, asked))
    draft = selected.draft(asked, me.now)
    if draft is None:
        raise Http404
    return draft, []


def _crumbs(source: Source, here: str) -> list[Crumb]:
    strategy = _strategy(source)
    rounds = Named(strategy.pk, Text(_("Reporting rounds")))
    return trail("strategies", ("strategy", strategy), ("rounds", rounds), here=here)


def _strategy(source: Source) -> Named:
    strategy = source.asked.strategy
    return named_of(strategy, strategy.municipality.language)


def _files(me: RequestContext, source: Source) -> dict[str, Any]:
    """Return the files by language, whether some are still being made, and whether that takes too long."""
    version = source.version
    there = selected.files_of(version) if version else {}
    languages = [
        (_named(language), [_row(source, Form(language, each), there) for each in FORMATS]) for language in LANGUAGES
    ]
    making = version is not None and any(row.file is None for _language, rows in languages for row in rows)
    return {
        "languages": languages,
        "making": making,
        "stuck": making and version is not None and me.now - version.at > PATIENCE,
        "again": _address("report", source),
        "data": _address("report-data", source) if version else "",
    }


def _named(language: str) -> Text:
    return Text(_("both languages")) if language == BOTH else Text(BY_CODE[language].name, language)


def _row(source: Source, form: Form, there: dict[str, ReportFile]) -> FileRow:
    href = _address("report-file", source, form.language, form.format)
    return FileRow(_KINDS[form.format], href, source.version is None, there.get(str(form)))


def _address(name: str, source: Source, *more: str) -> str:
    version = f"?{_VERSION}={source.version.number}" if source.version else ""
    return f"{reverse(name, args=[source.asked.pk, *more])}{version}"


# Files


@require_safe
@published
def report_file(request: HttpRequest, me: RequestContext, round_id: int, language: str, kind: str) -> HttpResponseBase:
    """Give a file of the report as it was kept; that of a draft is made now, and not kept."""
    if language not in LANGUAGES or kind not in FORMATS:
        raise Http404
    found = _report(request, me, round_id)
    if found is None:
        return redirect_to_login(request.get_full_path())
    source, form = found[0], Form(language, kind)
    if source.version is None:
        return download(made(source, form), name_of(source, form))
    there = selected.file_of(me.scope, source.version, str(form))
    if there is None:
        # Not made yet: the page says how far it is.
        return HttpResponseRedirect(f"{_address('report', source)}#tiedostot", status=303)
    kept, data = files.read(me.scope, there.file_id)
    return download(data, kept.name)


@require_safe
@published
def report_data(request: HttpRequest, me: RequestContext, round_id: int) -> HttpResponseBase:
    """Give what the city's case management asks about the files of a locked round's report, as JSON."""
    found = _report(request, me, round_id)
    if found is None:
        return redirect_to_login(request.get_full_path())
    source, _versions = found
    if source.version is None:
        raise Http404
    data = metadata(source, selected.files_of(source.version), selected.meetings(source.asked))
    name = f"{PurePath(name_of(source, FORMS[0])).stem}.json"
    return download(json.dumps(data, ensure_ascii=False, indent=2).encode(), name)


# What the case management gives


class VersionForm(WhyForm):
    """A register number, a body's decision, as what the report stands on the agenda, and why this is told."""

    seen_column = "number"
    register_number = forms.CharField(label=gettext_lazy("Register number"), required=False)
    attachment = forms.ChoiceField(
        label=pgettext_lazy("report", "On the agenda"), choices=Attachment.choices, widget=forms.RadioSelect
    )
    body = forms.CharField(label=gettext_lazy("Decided by"), required=False)
    decided_on = day_field(gettext_lazy("Decided on"))
    section = forms.CharField(label=gettext_lazy("Section (§)"), required=False)
    matter = forms.CharField(label=pgettext_lazy("report", "Matter"), required=False)
    publicity = forms.ChoiceField(
        label=gettext_lazy("Publicity class"), choices=Publicity.choices, widget=forms.RadioSelect
    )
    secrecy_ground = forms.CharField(label=gettext_lazy("Ground of secrecy"), required=False)
    secrecy_years = forms.IntegerField(label=gettext_lazy("Length of secrecy, years"), required=False)
    personal_data = forms.BooleanField(label=gettext_lazy("The report contains personal data"), required=False)

    @property
    def given(self) -> list[forms.BoundField]:
        """Return the fields of what is printed in the report, and of the reason."""
        return [field for field in self.visible_fields() if field.name not in services.METADATA]

    @property
    def metadata(self) -> list[forms.BoundField]:
        """Return the fields of what stands in the data beside the files alone."""
        return [self[name] for name in services.METADATA]

    @property
    def wrong(self) -> bool:
        """Tell whether something is wrong in the data beside the files: then they are to be seen at once."""
        return any(field.errors for field in self.metadata)


@GET_OR_POST
@keeper
def report_version(request: HttpRequest, round_id: int) -> HttpResponse:
    """Ask for the register number and the decision; a POST makes a new version of the report with them."""
    me = request_context(request)
    asked = find_round(me.scope, round_id)
    need(access.may(me.scope, Verb.DIRECT, asked))
    versions = selected.versions_of(round_id, me.scope)
    if not versions:
        raise Http404
    form = VersionForm(request.POST or None, initial=_initial(versions[0]))
    if form.carried_out(lambda: _give(request, me, round_id, form)):
        return HttpResponseRedirect(reverse("report", args=[round_id]), status=303)
    context = {
        "form": form,
        "asked": asked,
        "newest": versions[0],
        "crumbs": _crumbs(selected.kept(versions[0]), _("Register number, agenda and decision")),
    }
    return render(request, "toimenpiteet/rounds/report_version.html", context, status=form.answer_status)


def _initial(newest: ReportVersion) -> dict[str, Any]:
    said = {name: getattr(newest, name) for name in services.GIVEN}
    return said | {"seen_version": newest.number}


def _give(request: HttpRequest, me: RequestContext, round_id: int, form: VersionForm) -> None:
    typed = form.cleaned_data
    given = Given(**{name: typed[name] for name in services.GIVEN})
    stamp = audited.stamp(me.actor, text.reason_of(typed["reason"]), me.now)
    made_now = services.add_version(round_id, given, seen=form.version, scope=me.scope, stamp=stamp)
    say_done(request, _("Version %(number)s was made. Its files come in a moment.") % {"number": made_now.number})
