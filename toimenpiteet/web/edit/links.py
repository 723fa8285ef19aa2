"""From a page that is read to where the thing is kept: quiet links, for those who keep it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.web.edit.editables import EDITABLES


@dataclass(frozen=True)
class EditLink:
    """One link. `about` says to what it leads, for those who do not see where it stands ("" when the label says it)."""

    label: str
    href: str
    about: str = ""


def edit_links(
    request: HttpRequest, scope: Scope, municipality: int, name: str, pk: int, under: str = ""
) -> list[EditLink]:
    """Return the ways to edit a thing and to come back; empty when the person does not keep it.

    `name` and `under` are keys of EDITABLES; what `under` names can be added to the thing and put in order.
    """
    if not access.may(scope, access.keeping(EDITABLES[name].model), municipality):
        return []
    back = "?" + urlencode({"next": request.get_full_path()})
    links = [EditLink(_("Edit"), reverse("edit", args=[name, pk]) + back, EDITABLES[name].label)]
    if under:
        editable = EDITABLES[under]
        links += [
            EditLink(_("Add %(noun)s") % {"noun": editable.label}, reverse("edit-add", args=[under, pk]) + back),
            EditLink(f"{_('Put in order')}: {editable.plural}", reverse("edit-order", args=[under, pk])),
        ]
    return links
