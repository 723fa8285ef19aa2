"""The web server's log of requests, without the keys of mailed links: whoever reads it must not be able to use them."""

import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

_KEY = re.compile(r"(/salasana/uusi/[0-9A-Za-z]+-|/vastaa/avain/|/kalenteri/)[^/\s]+")


class AccessLog(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own log; in request, path and referrer the key of a mailed link becomes an ellipsis."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """Return what a line of the log may say."""
        said: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return said | {name: _KEY.sub(r"\1…", str(said[name])) for name in ("r", "U", "f")}
