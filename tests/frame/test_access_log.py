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
    here = f"http://127.0.0.1:{environment['PORT']}"
    paths = ("/tunnus/salasana/uusi/1-dhd72c-salainen-avain/", "/vastaa/avain/salainen-avain/", "/kalenteri/avain.ics")
    with running([*SERVER, "toimenpiteet.config.wsgi"], environment) as server:
        server.wait_until(lambda: "Listening at" in server.output())
        for path in paths:
            with pytest.raises(urllib.error.HTTPError):  # the database is empty
                urllib.request.urlopen(here + path)
        server.wait_until(lambda: server.output().count('"GET ') == len(paths))
        # What is refused is named by Django, too: no cookie, a method that nobody has, an address that is none.
        for path in (*paths, "/fi/vastaa/avain/salainen-avain/"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(here + path, data=b"x=1")
        server.wait_until(lambda: server.output().count('"POST ') == len(paths) + 1)
        assert "salainen" not in server.output()
        assert "avain.ics" not in server.output()
        lines = [line for line in server.output().splitlines() if '"GET ' in line]
    for line, shown in zip(lines, ("/salasana/uusi/1-…/", "/vastaa/avain/…/", "/kalenteri/… "), strict=True):
        assert shown in line
        assert "salainen" not in line
        assert "avain.ics" not in line
