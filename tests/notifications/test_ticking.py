"""A tick in the worker: what never answers is broken off, in a worker of any kind."""

import logging
import time

import pytest

from notifications import tasks, ticking

pytestmark = pytest.mark.once


def test_the_worker_breaks_off_a_tick_that_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = ticking.limited
    monkeypatch.setattr(ticking, "limited", lambda: real(1))
    monkeypatch.setattr(ticking, "tick", lambda *_given, **_named: time.sleep(60))
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        tasks.tick()
    assert time.monotonic() - began < 30
    assert "broken off" in caplog.text
