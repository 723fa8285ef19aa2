"""The logos that a municipality has and had, by what they are: an address of one is that of its bytes for ever."""

from dataclasses import dataclass

from django.http import Http404

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import Municipality, StoredFile
from toimenpiteet.selectors.translated import Text, text_of


@dataclass(frozen=True)
class Logo:
    """A municipality's logo, by its address and what it shows in words."""

    municipality: str
    sha256: str
    alt: Text


def logo_of(town: Municipality) -> Logo | None:
    """Return the logo of a municipality that was read with it; None where it has none."""
    return Logo(town.key, town.logo.sha256, logo_words(town)) if town.logo else None


def logo_words(town: Municipality) -> Text:
    """Return what a municipality's logo shows: its name where nothing else is said."""
    words = text_of(town, "logo_words", town.language)
    return words if words.text else text_of(town, "name", town.language)


def find_logo(scope: Scope, municipality: str, sha256: str) -> StoredFile:
    """Return a logo by the key of its municipality and its SHA-256; raises Http404 where the person has none such."""
    own = access.visible(scope, StoredFile).filter(municipality__key=municipality, plan=None, round=None)
    found = own.filter(sha256=sha256, content_type__startswith="image/").order_by("pk").first()
    if found is None:
        raise Http404
    return found
