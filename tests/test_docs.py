"""What the documents say of the code is there: the words of the domain, the files and headings that are named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.utils.translation import override

from toimenpiteet import labels
from toimenpiteet.languages import CODES
from toimenpiteet.workflow import TRANSITIONS, Role, Status, Transition

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
FOLDERS = ("toimenpiteet", "notifications", "templates", "tests", "bench", "tools", "docs", ".ci")
FILES = [*ROOT.glob("*"), *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))]
# Such as `web/plan/moves.py`, `toimenpiteet/data/` or `site.css`.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|yml|toml|css|js))`")
CITED = re.compile(r"docs/([\w-]+\.md)(?:, \"([^\"]+)\")?")
# Made on the machine, or the reader's own.
NOT_KEPT = (".venv/", "var/", "secrets/", "my-city.yaml")


def test_each_thing_is_called_in_the_documents_as_on_the_screens() -> None:
    models = {model.__name__: model for model in apps.get_models()}
    text = _document("domain.md")
    table = text[text.index("\n## Words") : text.index("\n## Rules")]
    rows = re.findall(r"^\| ([A-Z]\w+) \| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE)
    said: dict[str, list[str]] = {}
    for name, *_words in rows:
        said[name] = []
        for language in ("fi", "sv"):
            with override(language):
                said[name].append(str(models[name]._meta.verbose_name))
    assert len(rows) > 20
    assert {name: words for name, *words in rows} == said


def test_the_documents_have_the_moves_and_the_words_of_the_workflow() -> None:
    row = re.compile(r"^\| (\w+) \| ([a-z_, ]+) \| (\w+) \| ([a-z, ]+) \| (\w*)", re.MULTILINE)
    _head, *moves = row.findall(_document("domain.md"))
    assert moves == [
        (move.name, ", ".join(move.sources), move.target, _who(move), "required" * move.comment_required)
        for move in TRANSITIONS
    ]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \|$", _document("workflow.md"), re.MULTILINE)
    said: dict[str, list[str]] = {status.value: [] for status in Status}
    for language in ("fi", "sv"):
        with override(language):
            for status in Status:
                said[status.value].append(str(labels.STATUS[status]))
    assert {name: words for name, *words in rows if name in said} == said


def _who(move: Transition) -> str:
    return ", ".join(role for role in Role if role in move.roles)


def _document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_files_that_a_document_names_are_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    linked = {link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link}
    assert [link for link in sorted(linked) if not (document.parent / link).exists()] == []
    named = (name for name in NAMED.findall(text) if not name.startswith(NOT_KEPT))
    assert [name for name in sorted(set(named)) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    return any(f"/{path.relative_to(ROOT)}".endswith(f"/{name.rstrip('/')}") for path in FILES)


def _cited() -> Iterator[tuple[str, str]]:
    for path in FILES:
        if path.suffix in {".py", ".html", ".js", ".toml"}:
            yield from CITED.findall(path.read_text(encoding="utf-8"))


def test_what_the_code_cites_stands_in_the_documents() -> None:
    headings = {
        path.name: {"", *re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)} for path in DOCUMENTS
    }
    assert [one for one in sorted(set(_cited())) if one[1] not in headings.get(one[0], set())] == []


def test_the_description_for_catalogues_has_what_the_standard_asks_for() -> None:
    told = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    needed = {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType"}
    assert needed | {"description", "legal", "maintenance", "localisation"} <= told.keys()
    assert set(told["description"]) == set(told["localisation"]["availableLanguages"]) == set(CODES)
    for said in told["description"].values():
        assert len(said["shortDescription"]) <= 150 <= len(said["longDescription"]) <= 10_000
        assert said["features"]
        assert [path for path in said.get("screenshots", ()) if not (ROOT / path).exists()] == []
    assert told["legal"]["license"] in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(contact["name"] for contact in told["maintenance"]["contacts"])
