"""A municipality's logo: what is taken as one, put and taken away on record, and its bytes for what is made with it."""

import hashlib
import struct
import zlib
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from toimenpiteet import snapshots
from toimenpiteet.access import Scope
from toimenpiteet.models import Municipality, Stamp, StoredFile
from toimenpiteet.services import audited, changing, files, virus_scanner
from toimenpiteet.services.errors import Invalid

LARGEST = 1024 * 1024
"""Bytes of the largest logo."""
LEAST, MOST = 40, 3000
"""Pixels of each side of a logo."""
TYPES = (".png", ".jpg")
_READERS: dict[str, type[ImageFile]] = {".png": PngImageFile, ".jpg": JpegImageFile}
# What Pillow raises where a file is not what its head promises.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, struct.error, zlib.error)
# What fills the place of a logo on paper at 400 dots per inch.
_PRINTED = (1102, 252)


def put(pk: int, data: bytes, *, version: int, scope: Scope, stamp: Stamp) -> Municipality:
    """Give a municipality the logo `data`; what was made with an earlier one keeps that one.

    Raises Http404, Forbidden, Stale, Invalid for what is no logo (``check``) or the same one, and ScannerAway.
    """
    changing.open_row(scope, Municipality.objects.all(), pk)
    ending = check(data)
    # Before anything is held: a scanner takes its time.
    virus_scanner.check(data)
    return _put(pk, data, ending, version, scope, stamp)


@transaction.atomic
def _put(pk: int, data: bytes, ending: str, version: int, scope: Scope, stamp: Stamp) -> Municipality:
    town = changing.find(scope, Municipality, pk, version=version)
    if town.logo is not None and town.logo.sha256 == hashlib.sha256(data).hexdigest():
        raise Invalid(_("This is the logo already. Choose another picture, or leave it as it is."), field="file")
    right = changing.require_keeper(scope, pk, Municipality)
    kept = files.add(town, f"{town.key}-logo{ending}", data, stamp=audited.through(stamp, right))
    return changing.change(Municipality, pk, {"logo": kept}, version=version, scope=scope, stamp=stamp)


def take_away(pk: int, *, version: int, scope: Scope, stamp: Stamp) -> Municipality:
    """Take the logo of a municipality away; its bytes stay. Raises Http404, Forbidden, Stale."""
    return changing.change(Municipality, pk, {"logo": None}, version=version, scope=scope, stamp=stamp)


def drawn_of(town: snapshots.Municipality) -> bytes:
    """Return the logo that a snapshot names, as ``drawn``; nothing where it names none.

    Whoever has the snapshot may have it. Raises services.files.Damaged when the bytes are not what was frozen.
    """
    named = town.get("logo")
    if named is None:
        return b""
    rows = StoredFile.objects.filter(municipality__key=town["key"], sha256=named["sha256"])
    kept = rows.select_related("bytes").order_by("pk").first()
    if kept is None:
        raise files.Damaged(f"The logo {named['sha256']} of {town['key']} is not there.")
    return drawn(files.whole(kept))


# What is taken


def check(data: bytes) -> str:
    """Return how the name of a logo with these bytes ends.

    How large it is its head says, before anything is unpacked. Raises Invalid for what cannot be drawn, or not alike
    everywhere.
    """
    ending = _ending(data)
    try:
        with _READERS[ending](BytesIO(data)) as image:
            _need_fit(image)
            _plain(image)
    except _BROKEN as error:
        raise Invalid(_("The picture is broken. Save it anew, and choose it again."), field="file") from error
    return ending


def drawn(data: bytes) -> bytes:
    """Return a logo that was taken as a PNG that every program reads: eight bits, upright, no larger than print needs.

    What Pillow forgives in a file, others do not: the kept bytes alone could stop a report for ever.
    """
    with _READERS[_ending(data)](BytesIO(data)) as image:
        return _plain(image)


def _plain(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    if upright.mode == "I;16":
        # Pillow would cut off what it does not divide: the higher byte of each point is its grey.
        upright = Image.frombytes("L", upright.size, upright.tobytes()[1::2])
    clear = "A" in upright.mode or "transparency" in upright.info
    picture = upright.convert("RGBA" if clear else "RGB")
    picture.thumbnail(_PRINTED, Image.Resampling.LANCZOS)
    made = BytesIO()
    # A new picture, without the notes of the old one.
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(made, "PNG")
    return made.getvalue()


def _ending(data: bytes) -> str:
    if not data:
        raise Invalid(_("There is no picture. Choose one."), field="file")
    if len(data) > LARGEST:
        raise Invalid(_("The picture is too large: at most 1 MB fits. Make it smaller."), field="file")
    for ending in TYPES:
        if data.startswith(files.TYPES[ending][1]):
            return ending
    raise Invalid(_("A logo is a PNG or a JPEG picture. Save it as one of these."), field="file")


def _need_fit(image: ImageFile) -> None:
    width, height = image.size
    if not (LEAST <= width <= MOST and LEAST <= height <= MOST):
        raise Invalid(
            _("The picture is %(width)s × %(height)s pixels. Give one whose sides are %(least)s to %(most)s pixels.")
            % {"width": width, "height": height, "least": LEAST, "most": MOST},
            field="file",
        )
    if getattr(image, "is_animated", False):
        raise Invalid(_("The picture moves, and paper does not. Save it as a picture that stands still."), field="file")
    if image.mode == "CMYK":
        raise Invalid(
            _("The colours of the picture are for print (CMYK). Save it anew with the colours of screens (RGB)."),
            field="file",
        )
