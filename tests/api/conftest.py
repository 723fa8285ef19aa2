"""The town that most tests of the API call on."""

import pytest

from tests.api.town import Town


@pytest.fixture
def town(db: None) -> Town:
    return Town()
