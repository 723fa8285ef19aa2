"""One folding for every box of words, in Python and on both databases."""

import unicodedata

import pytest
from django.db.models import F
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from toimenpiteet.folding import fold, looks
from toimenpiteet.models import Unit
from toimenpiteet.models.finding import Folded
from toimenpiteet.services import text
from toimenpiteet.workflow import Role

PAIRS = [
    ("SÄHKÖ", "sähkö"), ("Kehittäminen", "kehittaminen"), ("Åbo", "abo"), ("Ærø", "aero"), ("STRASSE", "straße"),
    ("sa\u0308hko\u0308", "sähkö"), ("Čapek", "capek"), ("Đorđe", "dorde"), ("Łódź", "lodz"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_ways_to_write_a_word_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_what_is_folded_stays_and_its_form_does_not_matter(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)
    assert fold(unicodedata.normalize("NFD", typed)) == fold(unicodedata.normalize("NFC", typed))


@pytest.mark.django_db
def test_the_database_folds_as_python_does() -> None:
    town = make.municipality()
    names = [
        *(name for pair in PAIRS for name in pair),
        "Étude n° 5",
        "ÖÄÅ öäå",
        "Ilmasto- ja ympäristö",
        "Şişli",
        "ĦĦ",
    ]
    for name in names:
        make.unit(town, name)
    rows = Unit.objects.annotate(folded=Folded(F("name_fi"))).values_list("name_fi", "folded")
    assert dict(rows) == {name: fold(name) for name in names}


@pytest.mark.django_db
def test_each_box_of_words_finds_whatever_the_case_the_accents_and_the_form(client: Client) -> None:
    world = make.World()
    make.change_user(world.manager, name="Ölvi Sähköinen")
    make.unit(world.municipality, "Sähkölaitos")
    make.plan(make.action_item(world.goal, world.unit, name_fi="Sähköinen asiointi"), world.period)
    admin = signed_in(make.official(world.municipality, Role.ADMIN))
    pages = [
        (admin, "/yllapito/henkilot/?q={}", "Ölvi Sähköinen"),
        (admin, "/vastuutahot/?view=table&q={}", "Sähkölaitos"),
        (client, "/api/v1/units/?q={}", "Sähkölaitos"),
        (client, "/api/v1/action-items/?q={}", "Sähköinen asiointi"),
    ]
    for who, address, found in pages:
        for typed in ("SÄHKÖ", "sähkö", "sa\u0308hko\u0308", "sahko"):
            assert found in html(who.get(address.format(typed))), (address, typed)


def test_what_is_kept_has_one_form_and_plain_spaces() -> None:
    assert text.clean("Ja\u0308rvi\u00a0ja\u2009metsa\u0308", field="name") == "Järvi ja metsä"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tietohallinto", "tieto-hallinto"),
        ("Tietohallinto", "TIETOHALLINTO"),
        ("Tilapalvelut", "Тilapalvelut"),
        ("Kaupunki 10", "Kaupunki l0"),
        ("Ilmasto", "llmasto"),
        ("Sähkö", "Sahko"),
    ],
)
def test_names_that_look_alike_look_the_same(one: str, other: str) -> None:
    assert looks(one) == looks(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Tietohallinto", "Tilapalvelut"), ("Alue 1", "Alue 2"), ("Talous", "Talo")]
)
def test_names_that_do_not_look_alike_differ(one: str, other: str) -> None:
    assert looks(one) != looks(other)
