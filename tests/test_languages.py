"""The languages stand in one list: no other module names one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from toimenpiteet.languages import BY_CODE, CODES, base_of, columns_for, spoken

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
EXEMPT = {
    "toimenpiteet/languages.py": "the list",
    "toimenpiteet/migrations": "what was true when it was written",
    "notifications/migrations": "likewise",
    "toimenpiteet/exchange/demonstration": "the invented people of two cities, each with a language",
    "toimenpiteet/selectors/search/stems.py": "endings of words, of which one is spelled like a language",
}


def _sources() -> Iterator[Path]:
    for folder in ("toimenpiteet", "notifications"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not any(name == exempt or name.startswith(f"{exempt}/") for exempt in EXEMPT):
                yield path


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if text in CODES or (text.isidentifier() and base_of(text)):
                yield text
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.keyword(arg=str(name)) if base_of(name):
                yield name


def test_no_other_module_names_a_language() -> None:
    found = {path.relative_to(ROOT).as_posix(): set(_named(ast.parse(path.read_text()))) for path in _sources()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source", ['LANGUAGES = ("fi", "sv")', "row.text_sv", "Unit(name_fi='x')", "order_by('unit__name_en')"]
)
def test_a_language_that_is_named_is_found(source: str) -> None:
    assert set(_named(ast.parse(source)))


def test_columns_and_their_field_lead_to_each_other() -> None:
    assert columns_for("unit__name") == [f"unit__name_{code}" for code in CODES]
    assert {base_of(column) for column in columns_for("name")} == {"name"}
    assert base_of("due_on") == base_of("name") == ""


def test_a_page_without_a_language_is_in_the_default_one() -> None:
    assert (spoken(None), spoken("sv-fi"), spoken("en")) == (CODES[0], "sv", "en")
    assert all(code == language.code and len(code) == 2 for code, language in BY_CODE.items())
