"""The city's logo at the size in which files show it."""

from dataclasses import replace
from io import BytesIO

from PIL import Image

from toimenpiteet.exchange.report.document import Document

_WIDEST, _HIGHEST = 7.0, 1.6
_DOTS = 96 / 2.54  # of a centimetre, as workbooks count


def with_logo(document: Document, data: bytes) -> Document:
    """Return a document with its logo as the PNG `data` (services.logos.drawn); one that has none stays as it is."""
    if document.logo is None or not data:
        return document
    with Image.open(BytesIO(data)) as image:
        width, height = image.size
    scale = min(_WIDEST / width, _HIGHEST / height)
    logo = replace(document.logo, data=data, width=scale * width, height=scale * height, scale=scale * _DOTS)
    return replace(document, logo=logo)
