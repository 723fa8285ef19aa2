"""The report of a round and the plan of a strategy as documents, in a language, out of a snapshot."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from toimenpiteet.dates import day_words
from toimenpiteet.exchange.report import facts, front, items, measures, words
from toimenpiteet.exchange.report.document import Column, Document, Line, Mark, Part, Table, cell
from toimenpiteet.exchange.report.plan import whole_plan
from toimenpiteet.labels import occasion
from toimenpiteet.snapshots import Snapshot

Make = Callable[[Snapshot, str], Part]
_NUMBERED: tuple[Make, ...] = (
    front.proposal,
    front.summary,
    items.deviations,
    items.changes,
    items.results,
    measures.binding,
    measures.indicators,
    items.silent,
    items.follow_up,
)


def report(snapshot: Snapshot, language: str, *, sha256: str = "") -> Document:
    """Return the report to a body in `language`; without the hash of the locked snapshot it is a draft."""
    own, round_ = snapshot["municipality"]["language"], snapshot["round"]
    with override(language):
        name, read = occasion(round_["kind"], round_["year"]), words.moment(snapshot["frozen_at"])
        parts = [_numbered(at, make(snapshot, own)) for at, make in enumerate(_NUMBERED, 1)]
        kept = _("locked %(time)s") if sha256 else _("draft, read %(time)s")
        return Document(
            title=_("How the strategy is carried out: %(round)s") % {"round": name},
            draft="" if sha256 else _("DRAFT"),
            facts=(*_whose(snapshot, own), *_facts(snapshot, own, read, sha256)),
            lights=_lights(),
            parts=(*parts, _annex(whole_plan(snapshot, own))),
            footer=" · ".join([name, kept % {"time": read}, *([f"SHA-256 {sha256}"] if sha256 else [])]),
            **_common(snapshot, language),
        )


def plan(snapshot: Snapshot, language: str) -> Document:
    """Return the strategy's whole plan, every period, in `language`."""
    own = snapshot["municipality"]["language"]
    with override(language):
        read = words.moment(snapshot["frozen_at"])
        return Document(
            title=_("Goals and action items"),
            facts=(*_whose(snapshot, own), (pgettext("report", "As it was"), Line(read))),
            parts=(whole_plan(snapshot, own, told=False),),
            footer=_("Goals and action items, as they were %(time)s") % {"time": read},
            **_common(snapshot, language),
        )


def _common(snapshot: Snapshot, language: str) -> dict[str, Any]:
    municipality = snapshot["municipality"]
    return {
        "language": language,
        "author": words.said(municipality["name"], municipality["language"]).text,
        "made": snapshot["frozen_at"],
        "page": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _numbered(at: int, part: Part) -> Part:
    return replace(part, heading=f"{at} {part.heading}")


def _annex(part: Part) -> Part:
    return replace(part, heading=_("Annex 2: %(name)s") % {"name": part.heading})


def _whose(snapshot: Snapshot, own: str) -> list[tuple[str, Line]]:
    return [
        (_("Municipality"), words.said(snapshot["municipality"]["name"], own)),
        (_("Strategy"), words.said(snapshot["strategy"]["name"], own)),
    ]


def _facts(snapshot: Snapshot, own: str, read: str, sha256: str) -> list[tuple[str, Line]]:
    round_ = snapshot["round"]
    locked = [
        (_("Locked"), Line(read)),
        ("SHA-256", Line(sha256)),
        (pgettext("report", "Version"), Line("1")),
    ]
    found = [
        (_("Reporting round"), Line(occasion(round_["kind"], round_["year"]))),
        (_("Status day"), Line(day_words(facts.status_day(snapshot)))),
        (_("Goes to"), words.said(round_["body"], own)),
        *(locked if sha256 else [(pgettext("report", "As it was"), Line(read))]),
        (_("Register number"), Line(_("given in the case management"))),
    ]
    return [(label, value) for label, value in found if value.text]


def _lights() -> Table:
    columns = (Column(_("Light"), 2.4), Column(_("What it means"), 5))
    rows = tuple((cell(words.light_key(mark)), cell(str(words.MEANS[mark]))) for mark in Mark)
    return Table("lights", _("Key to the lights"), columns, rows)
