"""What these tests share."""

from collections.abc import Iterator
from typing import Any

import pytest

from .trouble import TroubledServer


@pytest.fixture
def smtp(settings: Any) -> Iterator[TroubledServer]:
    """Return a real mail server that the product delivers to."""
    server = TroubledServer()
    controller = server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    yield server
    controller.stop()
