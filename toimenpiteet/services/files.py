"""Files: kept with their bytes in the database, and read back only as they were kept."""

import hashlib
from pathlib import PurePath

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import FileBytes, Municipality, PeriodPlan, ReportingRound, Stamp, StoredFile
from toimenpiteet.models.files import LARGEST
from toimenpiteet.services import audited, rules, text
from toimenpiteet.services.errors import Invalid, need

_ZIP = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
# By the end of the name: what the file says it is, and how the bytes of such a file begin.
TYPES: dict[str, tuple[str, bytes]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".odt": (f"{_OPEN}.text", _ZIP),
    ".ods": (f"{_OPEN}.spreadsheet", _ZIP),
    ".csv": ("text/csv", b""),
    ".txt": ("text/plain", b""),
}


class Damaged(RuntimeError):
    """The bytes of a file are not those that were kept: they were written round the application."""


@transaction.atomic
def add(
    owner: Municipality | PeriodPlan | ReportingRound, name: str, data: bytes, *, scope: Scope | None, stamp: Stamp
) -> StoredFile:
    """Keep the file `name` with the bytes `data` for what exists for the person already.

    Whoever works on a plan adds to it; to a municipality or a round, the strategy director, or a program, whose scope
    is None. Raises Forbidden, or Invalid when the file is empty, larger than 10 MB, of a type that is not taken, or not
    what its name says.
    """
    if scope is not None:
        need(access.may(scope, Verb.WORK if isinstance(owner, PeriodPlan) else Verb.DIRECT, owner))
    name = text.clean(PurePath(name.replace("\\", "/")).name, field="name", limit=200)
    kept = StoredFile(
        municipality_id=access.municipality_of(owner),
        plan=owner if isinstance(owner, PeriodPlan) else None,
        round=owner if isinstance(owner, ReportingRound) else None,
        name=name,
        content_type=_type_of(name, data),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    rules.check(kept)
    audited.add(kept, stamp)
    FileBytes.objects.create(file=kept, data=data)
    return kept


def _type_of(name: str, data: bytes) -> str:
    known = TYPES.get(PurePath(name).suffix.lower())
    if known is None:
        raise Invalid(
            _("A file of this type is not taken. These are: %(types)s.") % {"types": ", ".join(TYPES)}, field="name"
        )
    if not data:
        raise Invalid(_("The file is empty. Choose another one."), field="data")
    if len(data) > LARGEST:
        size = number_format(len(data), force_grouping=True)
        raise Invalid(
            _("The file has %(size)s bytes; at most 10 MB fit. Make it smaller.") % {"size": size}, field="data"
        )
    if not data.startswith(known[1]) or (not known[1] and b"\x00" in data):
        raise Invalid(_("The file is not what its name says. Save it anew as a file of this type."), field="data")
    return known[0]


def read(scope: Scope, pk: int) -> tuple[StoredFile, bytes]:
    """Return a file that exists for the person, and its bytes. Raises Http404, or Damaged when they are others."""
    kept = access.get(scope, access.visible(scope, StoredFile).select_related("bytes"), pk=pk)
    data = bytes(kept.bytes.data)
    if hashlib.sha256(data).hexdigest() != kept.sha256:
        raise Damaged(f"StoredFile {pk}: the bytes are not those that were kept.")
    return kept, data
