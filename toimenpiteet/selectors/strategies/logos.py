"""The logos that a municipality has and had, by what they are: an address of one is that of its bytes for ever."""

from django.http import Http404

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import StoredFile


def find_logo(scope: Scope, municipality: str, sha256: str) -> StoredFile:
    """Return a logo by the key of its municipality and its SHA-256; raises Http404 where the person has none such."""
    own = access.visible(scope, StoredFile).filter(municipality__key=municipality, plan=None, round=None)
    found = own.filter(sha256=sha256, content_type__startswith="image/").order_by("pk").first()
    if found is None:
        raise Http404
    return found
