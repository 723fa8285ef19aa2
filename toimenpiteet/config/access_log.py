"""Logs without the keys of mailed links: whoever reads them must not be able to use them."""

import logging
import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

_KEY = re.compile(r"(/salasana/uusi/[0-9A-Za-z]+-|/vastaa/avain/|/kalenteri/)[^/\s]+")


def blanked(text: str) -> str:
    """Return what a log may say of an address: the key of a mailed link becomes an ellipsis."""
    return _KEY.sub(r"\1…", text)


class WithoutKeys(logging.Formatter):
    """Blanks keys in all that is written, whoever writes it: refused addresses, and what an error tells of them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return blanked(super().format(record))


class AccessLog(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own log; in request, path and referrer the key of a mailed link becomes an ellipsis."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """Return what a line of the log may say."""
        said: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return said | {name: blanked(str(said[name])) for name in ("r", "U", "f")}

    def setup(self, cfg: Any) -> None:
        """Blank the lines of errors, too."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutKeys(self.error_fmt, self.datefmt))
