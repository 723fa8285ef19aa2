"""The virus scanner: clamd, by its own protocol (INSTREAM), where the installation has one."""

import logging
import socket
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from toimenpiteet.services.errors import DomainError, Invalid
from toimenpiteet.services.text import one_line

_log = logging.getLogger(__name__)
_PATIENCE = 30.0
_PORT = 3310
_PIECE = 64 * 1024


class ScannerAway(DomainError):
    """The virus scanner cannot be reached or did not finish, so nobody can say whether a file is clean."""

    code = "scanner_away"
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "The virus scanner does not answer, so the file was not taken. Try again in a moment, or give a link; "
                "tell whoever runs the installation if it goes on."
            ),
            field="file",
        )


def check(data: bytes) -> None:
    """Have `data` scanned; without a scanner in the settings nothing happens.

    Raises Invalid with the name of the virus that was found, or ScannerAway.
    """
    if not settings.CLAMD_URL:
        return
    try:
        said = _scan(data)
    except (OSError, ValueError) as error:
        _log.error("The virus scanner at %s does not answer: %s", settings.CLAMD_URL, error)
        raise ScannerAway from error
    if said.endswith(" FOUND"):
        found = one_line(said.removeprefix("stream: ").removesuffix(" FOUND"))
        _log.warning("The virus scanner found %s in a file that was sent; it was not taken.", found)
        raise Invalid(
            _("The virus scanner found “%(virus)s” in the file, so it was not taken.") % {"virus": found}, field="file"
        )
    if said != "stream: OK":
        _log.error("The virus scanner at %s said: %s", settings.CLAMD_URL, one_line(said))
        raise ScannerAway


def _scan(data: bytes) -> str:
    """Return what clamd says of `data`: "stream: OK", "stream: <virus> FOUND", or what went wrong."""
    with closing(_connected()) as scanner:
        scanner.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            scanner.sendall(len(piece).to_bytes(4, "big") + piece)
        scanner.sendall(bytes(4))
        said = b""
        while not said.endswith(b"\0") and len(said) < _PIECE and (more := scanner.recv(_PIECE)):
            said += more
    return said.rstrip(b"\0\n").decode(errors="replace")


def _connected() -> socket.socket:
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or _PORT), _PATIENCE)
    made = socket.socket(socket.AF_UNIX)
    try:
        made.settimeout(_PATIENCE)
        made.connect(parts.path)
    except OSError:
        made.close()
        raise
    return made
