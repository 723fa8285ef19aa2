"""The city's own words for the same thing: kept on its page, and found by."""

import pytest

from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.access import Scope
from toimenpiteet.models import Municipality
from toimenpiteet.selectors.search.search import search
from toimenpiteet.services import audited
from toimenpiteet.synonyms import others, parse_synonyms
from toimenpiteet.workflow import Role

LINES = "päivähoito = varhaiskasvatus\n\nSote, hyvinvointialue = sosiaali-ja-terveys\n"


def test_a_line_holds_words_for_the_same_thing() -> None:
    assert parse_synonyms(LINES) == [
        ("päivähoito", "varhaiskasvatus"),
        ("sote", "hyvinvointialue", "sosiaali-ja-terveys"),
    ]
    assert parse_synonyms("  \n") == []
    assert others(parse_synonyms(LINES), {"sote"}) == ["hyvinvointialue", "sosiaali-ja-terveys"]
    assert others(parse_synonyms(LINES), {"koulu"}) == []


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("päivähoito", "synonym_alone"),
        ("= päivähoito", "synonym_alone"),
        ("lasten hoito = varhaiskasvatus", "synonym_word"),
        ("a = b" + ", c" * 10, "synonym_many"),
        ("a = b\n" * 201, "synonym_many"),
        ("päivä* = hoito", "synonym_word"),
    ],
)
def test_what_is_no_such_line_is_refused(text: str, flaw: str) -> None:
    with pytest.raises(ValueError, match=f"^{flaw}$"):
        parse_synonyms(text)


@pytest.fixture
def world() -> make.World:
    return make.World()


def titles(world: make.World, query: str) -> list[str]:
    scope = Scope(user=world.director, municipalities=frozenset({world.municipality.pk}))
    return ["".join(piece for piece, _hit in hit.title.pieces) for hit in search(scope, query).hits]


@pytest.mark.django_db
def test_either_word_finds_what_has_the_other_after_what_has_it_itself(world: make.World) -> None:
    item = make.action_item(world.goal, world.unit, name_fi="Varhaiskasvatuksen tilat")
    assert titles(world, "päivähoito") == []
    audited.change(world.municipality, make.stamp(), synonyms=LINES)
    for query in ("päivähoito", "päivähoidon", "Paivahoito", "päivähoidon tilat"):
        assert titles(world, query) == [item.name], query
    make.action_item(world.goal, world.unit, name_fi="Yökylän päivähoito")
    assert titles(world, "päivähoito")[0] == "Yökylän päivähoito"
    assert titles(world, "varhaiskasvatus")[0] == item.name
    assert len(titles(world, "varhaiskasvatus")) == 2


@pytest.mark.django_db
def test_another_citys_words_mean_nothing_here(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="Varhaiskasvatuksen tilat")
    other = make.World()
    audited.change(other.municipality, make.stamp(), synonyms=LINES)
    assert titles(world, "päivähoito") == []


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.usefixtures("spring")
def test_they_are_kept_on_the_citys_page(world: make.World) -> None:
    client = signed_in(make.official(world.municipality, Role.ADMIN))
    page = f"/yllapito/kunta/{world.municipality.pk}/"
    assert 'name="synonyms"' in client.get(page).content.decode()

    def send(text: str) -> int:
        now = Municipality.objects.get(pk=world.municipality.pk)
        form = client.get(page).context["form"]
        data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
        return client.post(
            page, data | {"synonyms": text, "reason": "Asukkaiden sana", "seen_version": now.version}
        ).status_code

    assert send("päivähoito") == 422
    assert send(LINES) == 303
    assert Municipality.objects.get(pk=world.municipality.pk).synonyms == LINES.strip()
