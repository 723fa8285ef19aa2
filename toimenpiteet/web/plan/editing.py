"""A part of the item page as a form: in its own place with htmx, as a page of its own without it.

A form that is too old is answered with both wordings side by side, and with everything that was typed (409).
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from toimenpiteet.dates import moment_words
from toimenpiteet.models import Audited
from toimenpiteet.selectors.history import standing
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.history.words import who_words, why_words
from toimenpiteet.selectors.translated import Text
from toimenpiteet.services.errors import DomainError, Stale
from toimenpiteet.web.edit.forms import EditForm
from toimenpiteet.web.plan import item as items
from toimenpiteet.web.request import is_fragment, request_context, say_done


@dataclass(frozen=True)
class Place:
    """Where a form stands: what it is about, where it is sent, and the part of the item page that it takes over."""

    title: str
    about: Text
    action: str
    item: int
    target: str
    tag: str = "div"
    query: str = ""

    @property
    def page(self) -> str:
        """Return the address of the item page on which the part stands."""
        return reverse("item", args=[self.item]) + (f"?{self.query}" if self.query else "")

    @property
    def back(self) -> str:
        """Return the address of the part without the form."""
        return f"{self.page}#{self.target}"


@dataclass(frozen=True)
class Clash:
    """A field that both changed: the words of each, with what the other does not have marked."""

    label: str
    lang: str
    mine: list[Piece]
    theirs: list[Piece]


@dataclass(frozen=True)
class Conflict:
    """Who saved meanwhile, when and why, and where the two differ."""

    who: str
    when: str
    why: str
    clashes: list[Clash]


def asked(request: HttpRequest, place: Place, form: EditForm, **more: Any) -> HttpResponse:
    """Show the form: as asked for (200), with what is wrong in it (422), or beside what was saved meanwhile (409)."""
    # Several of these may be open on one page.
    form.auto_id = f"{place.target}-%s"
    part = "toimenpiteet/plan/parts/edit_part.html"
    context = {"place": place, "form": form, "part": part, **more}
    return render(
        request, part if is_fragment(request) else "toimenpiteet/plan/edit.html", context, status=form.answer_status
    )


def saved(request: HttpRequest, place: Place, said: str) -> HttpResponse:
    """Lead back to the item, or give its page to the form, which takes its own part from it."""
    say_done(request, said)
    if is_fragment(request):
        return part_of_page(request, place)
    return HttpResponseRedirect(place.back, status=303)


def part_of_page(request: HttpRequest, place: Place, status: int = 200) -> HttpResponse:
    """Give the page of the item, from which a form takes its own part."""
    response = items.item_response(request, request_context(request), place.item, QueryDict(place.query))
    response.status_code = status
    response["HX-Retarget"] = response["HX-Reselect"] = f"#{place.target}"
    return response


def refused(request: HttpRequest, place: Place, form: EditForm, error: DomainError, **more: Any) -> HttpResponse:
    """Show why nothing was saved; when somebody else saved meanwhile, both wordings."""
    if isinstance(error, Stale):
        clashes = [_clash(form, name, error.current) for name in _differing(form, error.current)]
        more["conflict"] = saved_meanwhile(error.current, clashes)
    form.refuse(error)
    return asked(request, place, form, **more)


def saved_meanwhile(current: Audited, clashes: list[Clash]) -> Conflict:
    """Return who saved `current` last, when and why, and where that differs from what was typed."""
    last = standing.last_event(current)
    return Conflict(
        who=who_words(last.who, last.on_behalf), when=moment_words(last.at), why=why_words(last.why), clashes=clashes
    )


def _differing(form: EditForm, current: Any) -> list[str]:
    """Return the texts that both changed, each in another way; days and choices are told beside their fields."""
    seen = standing.as_seen(current, form.version)
    texts = [name for name in form.columns if name.startswith(("text_", "name_"))]
    mine = {name: form.cleaned_data.get(name) or "" for name in texts}
    return [
        name
        for name, text in mine.items()
        if text not in {getattr(current, name) or "", getattr(seen, name, None) or ""}
    ]


def _clash(form: EditForm, name: str, current: Any) -> Clash:
    theirs, mine = getattr(current, name) or "", form.cleaned_data.get(name) or ""
    return clash(str(form.fields[name].label), theirs, mine, name.rpartition("_")[2])


def clash(label: str, theirs: str, mine: str, lang: str = "") -> Clash:
    """Return two wordings beside each other; `lang` is theirs, empty where it is the page's."""
    pieces = differences(theirs, mine)
    return Clash(
        label=label,
        lang=lang,
        mine=[piece for piece in pieces if piece.mark != "del"],
        theirs=[piece for piece in pieces if piece.mark != "ins"],
    )
