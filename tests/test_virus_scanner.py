"""The virus scanner: what it says of a file decides, and while it says nothing no file is taken."""

import socketserver
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from toimenpiteet.services import virus_scanner
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.virus_scanner import ScannerAway

pytestmark = pytest.mark.once
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Clamd(socketserver.StreamRequestHandler):
    """As much of clamd as INSTREAM needs: it knows one virus, and may not manage a file."""

    def handle(self) -> None:
        """Read the command and the pieces of the file; answer as clamd does."""
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(size)
        said = b"INSTREAM size limit exceeded. ERROR" if data.startswith(b"large") else b"stream: OK"
        self.wfile.write((b"stream: Win.Test.EICAR FOUND" if EICAR in data else said) + b"\0")


class OverTcp(socketserver.ThreadingTCPServer):
    """clamd at an address."""

    daemon_threads = True


class OverSocket(socketserver.ThreadingUnixStreamServer):
    """clamd at a socket."""

    daemon_threads = True


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[None]:
    path = tmp_path / "clamd.ctl"
    server: Any = OverTcp(("127.0.0.1", 0), Clamd) if request.param == "tcp" else OverSocket(str(path), Clamd)
    with server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        at = f"tcp://127.0.0.1:{server.server_address[1]}" if request.param == "tcp" else f"unix://{path}"
        settings.CLAMD_URL = at
        yield
        server.shutdown()


@pytest.mark.usefixtures("clamd")
def test_a_clean_file_passes_a_virus_is_named_and_what_was_not_scanned_is_not_taken() -> None:
    virus_scanner.check(b"a" * 200_000)
    with pytest.raises(Invalid) as refused:
        virus_scanner.check(b"a" * 100_000 + EICAR)
    assert "Win.Test.EICAR" in refused.value.message
    with pytest.raises(ScannerAway):
        virus_scanner.check(b"large")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:port"])
def test_while_it_does_not_answer_no_file_is_taken(address: str, settings: Any) -> None:
    settings.CLAMD_URL = address
    with pytest.raises(ScannerAway):
        virus_scanner.check(b"a")


def test_an_installation_without_a_scanner_takes_files_unscanned() -> None:
    virus_scanner.check(EICAR)
