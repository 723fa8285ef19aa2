"""A test that commits leaves nothing behind, although history refuses to be deleted."""

import pytest
from django.db import connection

from tests import make
from toimenpiteet.models import Municipality, guards

pytestmark = pytest.mark.once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_rows_are_emptied_between_tests_and_the_guards_return(time: str) -> None:
    tables = {table for _, table in guards.existing(connection)}
    assert set(guards.append_only_tables()) <= tables
    assert not Municipality.history.exists()

    make.municipality(name_fi=time)

    assert Municipality.history.count() == 1
