"""Files that are bytes already, given so that a browser keeps them and opens nothing by itself."""

from pathlib import PurePath

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from toimenpiteet.services.files import TYPES


def download(data: bytes, name: str) -> HttpResponse:
    """Return the file `name`, of one of the types that are kept, or JSON, as an attachment."""
    content_type = "application/json" if name.endswith(".json") else TYPES[PurePath(name).suffix.lower()][0]
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        # Should a browser open it all the same, nothing in it runs.
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)
