"""Content in the caller's language where there is one, and said which it is."""

from datetime import date
from typing import Any

import pytest

from tests import make
from tests.api.town import Caller, Town
from toimenpiteet.services import audited

pytestmark = pytest.mark.once


def _names(caller: Caller, path: str) -> Any:
    row = caller.get(path).json()
    return row["name"], row["name_language"]


def test_a_name_comes_in_the_language_asked_for(town: Town) -> None:
    audited.change(town.goal, make.stamp(), name_sv="Tjänsterna utvecklas", name_en="Services develop")
    path = f"goals/{town.goal.pk}/"
    assert _names(Caller(language="sv"), path) == ("Tjänsterna utvecklas", "sv")
    assert _names(Caller(language="en"), path) == ("Services develop", "en")
    assert _names(Caller(language="de"), path) == ("Palvelut kehittyvät", "fi")


def test_a_name_without_translation_comes_in_the_municipalitys_own_language(town: Town) -> None:
    path = f"goals/{town.goal.pk}/"
    assert _names(Caller(language="sv"), path) == ("Palvelut kehittyvät", "fi")
    audited.change(town.goal, make.stamp(), name_en="Services develop")
    audited.change(town.municipality, make.stamp(), language="en")
    assert _names(Caller(language="sv"), path) == ("Services develop", "en")


def test_things_inside_a_row_say_their_language_too(town: Town) -> None:
    audited.change(town.unit, make.stamp(), name_sv="Dataförvaltningen")
    row = Caller(language="sv").get("action-items/").json()["results"][0]
    assert row["lead_unit"] == {"id": town.unit.pk, "name": "Dataförvaltningen", "name_language": "sv"}
    assert row["plans"][0]["units"][0]["name"] == "Dataförvaltningen"
    assert row["goal"]["name_language"] == "fi"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_dates_say_their_precision_and_no_more(town: Town, language: str) -> None:
    from django.utils.translation import override

    from toimenpiteet.dates import dated_words

    stated = Caller(language=language).get(f"steps/{town.step.pk}/").json()["date"]
    with override(language):
        words = dated_words("due", date(2021, 6, 30), "month")
    assert stated == {"on": "2021-06-30", "precision": "month", "kind": "due", "words": words}
    assert Caller().get(f"plans/{town.plan.pk}/").json()["due"] is None


def _status_words(language: str, town: Town) -> tuple[str, str]:
    rows = Caller(language=language).get("action-items/").json()["results"]
    moves = Caller(language=language).get(f"plans/{town.plan.pk}/transitions/").json()
    return rows[0]["status_words"], moves["plan"]["status_words"]


def test_the_language_of_one_caller_does_not_reach_the_next(town: Town) -> None:
    for language in ("fi", "sv", "en"):
        in_list, in_moves = _status_words(language, town)
        assert in_list == in_moves
    assert _status_words("en", town)[0] == "not started"
