"""Versions on the wire: an object's own version is its ETag, and a write says which one it saw (If-Match)."""

import re

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from toimenpiteet.api.problems import VersionMissing

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='The version that you saw, such as "3".'
)
# A proxy that compresses turns "3" into W/"3"; it is still our version. Ten digits hold every version there is.
_TAG = re.compile(r'(?:W/)?"([0-9]{1,10})"', re.ASCII)


def etag(version: int) -> dict[str, str]:
    """Return the header that tells the version of an object."""
    return {"ETag": f'"{version}"'}


def version_seen(request: Request) -> int:
    """Return the version in If-Match; raises VersionMissing (428) without the header, ParseError for another form.

    ``*`` and several versions are refused: they would overwrite what nobody has seen.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionMissing
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise ParseError(
            _('The header If-Match holds no version. Send the one that you saw, in quotation marks, such as "3".')
        )
    return int(match[1])
