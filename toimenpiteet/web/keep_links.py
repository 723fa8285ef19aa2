"""From a page that is read to where the thing is kept: quiet links, for those who keep it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.web.keeping.nouns import NOUNS


@dataclass(frozen=True)
class KeepLink:
    """One link. `about` says to what it leads, for those who do not see where it stands ("" when the label says it)."""

    label: str
    href: str
    about: str = ""


def keep_links(
    request: HttpRequest, scope: Scope, municipality: int, name: str, pk: int, under: str = ""
) -> list[KeepLink]:
    """Return the ways to edit a thing and to come back; empty when the person does not keep it.

    `name` and `under` name nouns (keeping.nouns); what `under` names can be added to the thing and put in order.
    """
    if not access.may(scope, access.keeping(NOUNS[name].model), municipality):
        return []
    back = "?" + urlencode({"next": request.get_full_path()})
    links = [KeepLink(_("Edit"), reverse("keep", args=[name, pk]) + back, NOUNS[name].label)]
    if under:
        noun = NOUNS[under]
        links += [
            KeepLink(_("Add %(noun)s") % {"noun": noun.label}, reverse("keep-add", args=[under, pk]) + back),
            KeepLink(f"{_('Put in order')}: {noun.plural}", reverse("keep-order", args=[under, pk])),
        ]
    return links
