"""Files: kept with their bytes in the database, and read back only as they were kept."""

import hashlib
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from django.db import transaction
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import FileBytes, Municipality, ReportingRound, Stamp, StoredFile
from toimenpiteet.models.files import LARGEST
from toimenpiteet.services import audited, rules, text
from toimenpiteet.services.errors import Invalid

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
def add(owner: ReportingRound | Municipality, name: str, data: bytes, *, stamp: Stamp) -> StoredFile:
    """Keep the file `name` with the bytes `data` for a round, or for a municipality itself.

    Who may is for the caller to ask. Raises Invalid as ``check``.
    """
    name, content_type = check(name, data)
    kept = StoredFile(
        municipality_id=access.municipality_of(owner),
        round=owner if isinstance(owner, ReportingRound) else None,
        name=name,
        content_type=content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    rules.check(kept)
    audited.add(kept, stamp)
    FileBytes.objects.create(file=kept, data=data)
    return kept


def check(name: str, data: bytes) -> tuple[str, str]:
    """Return the name under which a file is kept, without folders, and the type that its bytes are of.

    Raises Invalid when it is empty, larger than 10 MB, of a type that is not taken, or not what its name says.
    """
    name = text.clean(PurePath(name.replace("\\", "/")).name, field="file", limit=200)
    ending = PurePath(name).suffix.lower()
    if ending not in TYPES:
        raise Invalid(
            _("A file of this type is not taken. These are: %(types)s.") % {"types": ", ".join(TYPES)}, field="file"
        )
    if not data:
        raise Invalid(_("The file is empty. Choose another one."), field="file")
    if len(data) > LARGEST:
        raise Invalid(_("The file is too large: at most 10 MB fit. Make it smaller, or give a link."), field="file")
    content_type, beginning = TYPES[ending]
    if not (data.startswith(beginning) and _LOOKS.get(beginning, _any)(data, content_type)):
        raise Invalid(_("The file is not what its name says. Save it anew as a file of this type."), field="file")
    return name, content_type


def _any(data: bytes, content_type: str) -> bool:  # noqa: ARG001  # its beginning has told
    return True


def _is_text(data: bytes, content_type: str) -> bool:  # noqa: ARG001  # texts are all alike
    """Tell whether there is nothing in it that texts have not, and no other file that calls itself one."""
    others = {beginning for _type, beginning in TYPES.values() if beginning}
    return not any(data.startswith(beginning) for beginning in others) and b"\x00" not in data


def _is_document(data: bytes, content_type: str) -> bool:
    """Tell whether an archive says of itself that it is this kind of document, one without macros."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            if content_type.startswith(_OPEN):
                return _part(archive, "mimetype").strip() == content_type.encode()
            return f"{content_type}.main+xml".encode() in _part(archive, "[Content_Types].xml")
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, ValueError, OSError, zlib.error, EOFError):
        return False


def _part(archive: ZipFile, name: str) -> bytes:
    # Whatever it would unpack to, no more than this is unpacked.
    with archive.open(name) as part:
        return part.read(_LONGEST_PART)


_LONGEST_PART = 1024 * 1024
_LOOKS: dict[bytes, Callable[[bytes, str], bool]] = {_ZIP: _is_document, b"": _is_text}


def read(scope: Scope, pk: int) -> tuple[StoredFile, bytes]:
    """Return a file that exists for the person, and its bytes. Raises Http404, or Damaged when they are others."""
    kept = access.get(scope, access.visible(scope, StoredFile).select_related("bytes"), pk=pk)
    return kept, whole(kept)


def whole(kept: StoredFile) -> bytes:
    """Return the bytes of a file. Raises Damaged when they are not those that were kept."""
    data = bytes(kept.bytes.data)
    if hashlib.sha256(data).hexdigest() != kept.sha256:
        raise Damaged(f"StoredFile {kept.pk}: the bytes are not those that were kept.")
    return data
