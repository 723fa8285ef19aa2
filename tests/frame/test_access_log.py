"""What the web server writes down of each request."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.programs import clean_environment, running
from tests.smtp import free_port

pytestmark = pytest.mark.processes

SERVER = [sys.executable, "-m", "gunicorn", "--config", "python:toimenpiteet.config.gunicorn"]


def test_the_key_of_a_mailed_link_stays_out_of_the_log(tmp_path: Path) -> None:
    environment = clean_environment(MODE="embedded", VAR_DIR=str(tmp_path), PORT=str(free_port()))
    link = f"http://127.0.0.1:{environment['PORT']}/tunnus/salasana/uusi/1-dhd72c-salainen-avain/"
    with running([*SERVER, "toimenpiteet.config.wsgi"], environment) as server:
        server.wait_until(lambda: "Listening at" in server.output())
        with pytest.raises(urllib.error.HTTPError):  # the database is empty
            urllib.request.urlopen(link)
        server.wait_until(lambda: '"GET ' in server.output())
        lines = [line for line in server.output().splitlines() if '"GET ' in line]
    assert len(lines) == 1
    assert "/tunnus/salasana/uusi/1-…/" in lines[0]
    assert "avain" not in lines[0]
