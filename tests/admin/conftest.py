"""A request leaves its language active in the thread; no test here passes it on or takes it over."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def _finnish() -> Iterator[None]:
    with override("fi"):
        yield
