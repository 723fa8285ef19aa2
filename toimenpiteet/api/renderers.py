"""How answers are written: as DRF writes them, by a faster writer."""

from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
_other = JSONEncoder().default


class Json(JSONRenderer):
    """JSON in UTF-8; what is no JSON by itself (instants, lazy words) is said in DRF's way."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the body of an answer."""
        return b"" if data is None else orjson.dumps(data, default=_other, option=_OPTIONS)
