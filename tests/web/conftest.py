"""What the tests of the screens share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web.browser import started


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Start one Chromium for the tests of a module."""
    with started(chromium_path) as found:
        yield found
