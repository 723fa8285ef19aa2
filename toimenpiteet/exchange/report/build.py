"""The report of a round and the plan of a strategy as documents, in a language, out of a snapshot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from toimenpiteet.dates import day_words
from toimenpiteet.exchange.report import changes, decisions, facts, front, goals, items, measures, words
from toimenpiteet.exchange.report.document import Column, Document, Line, Logo, Mark, Part, Table, cell
from toimenpiteet.exchange.report.plan import whole_plan
from toimenpiteet.labels import occasion
from toimenpiteet.models import Attachment
from toimenpiteet.snapshots import Municipality, Snapshot, WholePlan

Make = Callable[[Snapshot, str], Part]
_NUMBERED: tuple[Make, ...] = (
    front.proposal,
    front.summary,
    items.deviations,
    changes.changes,
    items.results,
    goals.binding,
    measures.indicators,
    items.silent,
    decisions.follow_up,
)


@dataclass(frozen=True)
class Locked:
    """What stands beside the snapshot of a locked round: its hash, and what a version of the report adds to it."""

    sha256: str
    version: int = 1
    register_number: str = ""
    attachment: str = Attachment.ANNEX.value
    body: str = ""
    decided_on: date | None = None
    section: str = ""


def report(snapshot: Snapshot, language: str, locked: Locked | None = None) -> Document:
    """Return the report to a body in `language`; without what a lock gave it is a draft."""
    own = snapshot["municipality"]["language"]
    with override(language):
        name, read = _occasion(snapshot), words.moment(snapshot["frozen_at"])
        parts = [_numbered(at, make(snapshot, own)) for at, make in enumerate(_NUMBERED, 1)]
        draft = "" if locked else _("DRAFT")
        kept = _("locked %(time)s") if locked else _("draft, read %(time)s")
        return Document(
            title=title(snapshot, language),
            draft=draft,
            above=_above(snapshot, draft),
            facts=(
                *_whose(snapshot, own),
                *_facts(snapshot, own, read, locked),
                (_("Annexes"), Line(_("1 Changes to be decided (part 4) · 2 The whole plan · 3 The tables (Excel)"))),
                *_complete(snapshot, language),
            ),
            lights=_lights(draft=locked is None),
            parts=(*parts, _annex(whole_plan(snapshot, own))),
            footer=_footer(name, kept % {"time": read}, locked),
            **_common(snapshot, language),
        )


def title(snapshot: Snapshot, language: str) -> str:
    """Return what the report is called in `language`, without making it."""
    with override(language):
        return _("How the strategy is carried out: %(round)s") % {"round": _occasion(snapshot)}


def _occasion(snapshot: Snapshot) -> str:
    return occasion(snapshot["round"]["kind"], snapshot["round"]["year"])


def plan(snapshot: WholePlan, language: str) -> Document:
    """Return the strategy's whole plan, every period, in `language`."""
    own = snapshot["municipality"]["language"]
    with override(language):
        read = words.moment(snapshot["frozen_at"])
        return Document(
            title=_("Goals and action items"),
            facts=(*_whose(snapshot, own), (pgettext("report", "As it was"), Line(read))),
            parts=(whole_plan(snapshot, own, told=False),),
            footer=_("Goals and action items, as they were %(time)s") % {"time": read},
            above=_above(snapshot),
            wide=True,
            **_common(snapshot, language),
        )


def _above(snapshot: WholePlan, draft: str = "") -> str:
    """Return what stands over each page: that it is a draft, and that what it tells is invented."""
    invented = _("DEMONSTRATION DATA") if snapshot["municipality"].get("demonstration") else ""
    return " · ".join(text for text in (draft, invented) if text)


def _footer(name: str, kept: str, locked: Locked | None) -> str:
    later = _("version %(number)s") % {"number": locked.version} if locked and locked.version > 1 else ""
    return " · ".join(text for text in (name, kept, later, f"SHA-256 {locked.sha256}" if locked else "") if text)


def _common(snapshot: WholePlan, language: str) -> dict[str, Any]:
    municipality = snapshot["municipality"]
    return {
        "language": language,
        "author": words.said(municipality["name"], municipality["language"]).text,
        "made": snapshot["frozen_at"],
        "colour": municipality.get("colour", ""),
        "logo": _logo(municipality),
        "words": cell(words.said(municipality.get("words", {}), municipality["language"])),
        "page": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _logo(municipality: Municipality) -> Logo | None:
    logo = municipality.get("logo")
    if logo is None:
        return None
    return Logo(logo["sha256"], words.said(municipality["name"] | logo["words"], municipality["language"]))


def _numbered(at: int, part: Part) -> Part:
    return replace(part, heading=f"{at} {part.heading}")


def _annex(part: Part) -> Part:
    return replace(part, heading=_("Annex 2: %(name)s") % {"name": part.heading})


def _whose(snapshot: WholePlan, own: str) -> list[tuple[str, Line]]:
    return [
        (_("Municipality"), words.said(snapshot["municipality"]["name"], own)),
        (_("Strategy"), words.said(snapshot["strategy"]["name"], own)),
    ]


def _facts(snapshot: Snapshot, own: str, read: str, locked: Locked | None) -> list[tuple[str, Line]]:
    round_ = snapshot["round"]
    found = [
        (_("Reporting round"), Line(occasion(round_["kind"], round_["year"]))),
        (_("Status day"), Line(day_words(facts.status_day(snapshot)))),
        (_("Goes to"), words.said(round_["body"], own)),
        *(_locked(locked, read) if locked else [(pgettext("report", "As it was"), Line(read))]),
    ]
    return [(label, value) for label, value in found if value.text]


def _complete(snapshot: WholePlan, language: str) -> list[tuple[str, Line]]:
    """Return, in another language than the city's own, how many of the texts there are in it."""
    if language == snapshot["municipality"]["language"]:
        return []
    told = words.share(*facts.texts_in(snapshot, language))
    return [(_("In this language"), Line(_("%(share)s texts of goals and action items") % {"share": told}))]


def _locked(locked: Locked, read: str) -> list[tuple[str, Line]]:
    return [
        (_("Locked"), Line(read)),
        ("SHA-256", Line(locked.sha256)),
        (pgettext("report", "Version"), Line(str(locked.version))),
        (_("Register number"), Line(locked.register_number or _("given in the case management"))),
        (pgettext("report", "On the agenda"), Line(str(Attachment(locked.attachment).label))),
        (_("Decision"), Line(decision(locked))),
    ]


def decision(locked: Locked) -> str:
    """Return which body decided, when and in which section, "" where none has."""
    if locked.decided_on is None:
        return ""
    section = f" § {locked.section}" if locked.section else ""
    return f"{locked.body} {day_words(locked.decided_on)}{section}"


def _lights(*, draft: bool) -> Table:
    columns = (Column(_("Light"), 2.4), Column(_("What it means"), 5))
    rows = tuple((cell(words.light_key(mark)), cell(words.means(mark, draft=draft))) for mark in Mark)
    return Table("lights", _("Key to the lights"), columns, rows)
