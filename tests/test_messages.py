"""The catalogues are whole, current and true to the code: nothing is shown in a language that nobody chose."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext, ngettext, override, pgettext

from toimenpiteet import borrowed, labels
from toimenpiteet.answers import Light, Review, Said
from toimenpiteet.workflow import BY_NAME, MOVES, Refusal, Role, Status
from tools import strings
from tools.strings import Message

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED = ("fi", "sv")

PLACEHOLDER = re.compile(r"%\(\w+\)[0-9.]*[a-zA-Z]|%[sd]|\{\w*(?::\w+)?\}")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return _read(request.param)


def _read(language: str) -> Catalog:
    path = ROOT / f"toimenpiteet/locale/{language}/LC_MESSAGES/django.po"
    with path.open("rb") as lines:
        return read_po(lines, locale=language)


def _forms(texts: Any) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (texts,)


def _entries(catalogue: Catalog) -> Iterator[tuple[Message, tuple[str, ...]]]:
    for message in catalogue:
        if message.id:
            yield (message.context or "", _forms(message.id)), _forms(message.string)


def test_the_catalogue_has_what_the_code_says_and_nothing_else(catalogue: Catalog) -> None:
    asked = strings.in_code(ROOT)
    there = {strings.message_of(one): [place for place, _line in one.locations] for one in catalogue if one.id}
    assert asked.keys() - there.keys() == set()
    assert there.keys() - asked.keys() == set()
    # Whoever translates sees where a message stands; `make messages` keeps it.
    assert {message: places for message, places in there.items() if asked[message] != places} == {}


def test_every_message_is_translated_for_sure(catalogue: Catalog) -> None:
    assert not catalogue.obsolete
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert [message for message, translation in _entries(catalogue) if not all(translation)] == []
    assert [message for message, translation in _entries(catalogue) if len(translation) != len(message[1])] == []


def test_placeholders_tags_and_ends_are_those_of_the_original(catalogue: Catalog) -> None:
    wrong = [
        (original, translation)
        for (_context, originals), translations in _entries(catalogue)
        for original, translation in zip(originals, translations, strict=True)
        if translation and _skeleton(original) != _skeleton(translation)
    ]
    assert wrong == []


def _skeleton(text: str) -> tuple[Any, ...]:
    end = text[-1:] if text[-1:] in {".", ":", "?", "!", "…"} else ""
    return sorted(PLACEHOLDER.findall(text)), TAG.findall(text), end.replace("!", "."), text.count("\n")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (labels.STATUS, set(Status)),
        (labels.MOVE, set(MOVES)),
        (labels.ROLE, set(Role)),
        (labels.REFUSAL, set(Refusal)),
        (labels.SAID, set(Said)),
        (labels.REVIEW, set(Review)),
        (labels.LIGHT, set(Light)),
    ],
    ids=["status", "move", "role", "refusal", "said", "review", "light"],
)
def test_each_word_of_the_workflow_is_said_in_each_language(
    language: str, words: dict[str, labels.Label], keys: set[str]
) -> None:
    with override(language):
        said = {key: str(word) for key, word in words.items()}
    with override("en"):
        original = {key: str(word) for key, word in words.items()}
    assert said.keys() == keys
    assert len(set(said.values())) == len(keys)
    assert [key for key in keys if said[key] == original[key]] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_move_that_asks_for_a_comment_asks_in_each_language(language: str) -> None:
    assert labels.MOVE_COMMENT.keys() == {name for name, move in BY_NAME.items() if move.comment_required}
    with override("en"):
        original = [str(word) for word in labels.MOVE_COMMENT.values()]
    with override(language):
        assert not {str(word) for word in labels.MOVE_COMMENT.values()} & set(original)


def test_english_is_english_though_the_default_is_finnish() -> None:
    assert settings.LANGUAGE_CODE == "fi"
    with override("en"):
        assert gettext("not started") == "not started"
        assert pgettext("move", "Start") == "Start"
        assert ngettext("%(count)s day late", "%(count)s days late", 1) == "%(count)s day late"
        assert gettext("This field is required.") == "This field is required."


@pytest.mark.parametrize("language", TRANSLATED)
def test_one_and_many_differ(language: str) -> None:
    with override(language):
        one, many = (ngettext("%(count)s week late", "%(count)s weeks late", number) for number in (1, 2))
    assert one != many


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_texts_of_libraries_are_ours(language: str) -> None:
    translated = {originals[0]: translations[0] for (_context, originals), translations in _entries(_read(language))}
    for text in (*borrowed.ALLAUTH, *borrowed.ADMIN, *borrowed.MODELS, *borrowed.REST_FRAMEWORK):
        with override(language):
            assert gettext(text) == translated[text] != text


@pytest.mark.parametrize(
    ("package", "texts"),
    [
        ("allauth", borrowed.ALLAUTH),
        ("django.contrib.admin", borrowed.ADMIN),
        ("django.db.models", borrowed.MODELS),
        ("rest_framework", borrowed.REST_FRAMEWORK),
    ],
    ids=["allauth", "admin", "models", "rest_framework"],
)
def test_the_libraries_still_say_what_we_borrow(package: str, texts: tuple[str, ...]) -> None:
    folder = Path(str(import_module(package).__file__)).parent
    # blocktranslate writes {{ name }} where the message has %(name)s.
    said = "\n".join(
        re.sub(r"\{\{ *(\w+) *\}\}", r"%(\1)s", path.read_text(encoding="utf-8"))
        for pattern in ("*.py", "*.txt", "*.html")
        for path in folder.rglob(pattern)
    )
    said = said.replace('"\n', "").replace('\n"', "")
    assert [text for text in texts if text not in said] == []
