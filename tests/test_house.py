"""Habits of the house that no linter knows: files of a size to read, and a reason beside each exception."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("toimenpiteet", "notifications", "bench", "tools")
LONGEST_FILE = 400
EXCEPTION = re.compile(r"# (?:noqa\b(?::[ A-Z0-9,]+)?|type: ignore(?:\[[a-z, -]+\])?)(?P<why>.*)$")


def _sources(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


def test_each_exception_from_a_check_has_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _sources(*PRODUCT, "tests")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := EXCEPTION.search(line)) and not re.search(r"# *\w", found["why"])
    ]
    assert bare == []


def test_no_file_of_the_product_is_too_long_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources(*PRODUCT)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_each_fold_has_a_name_by_which_it_is_found_again() -> None:
    """Back, and what is redrawn in its place, open what was open: by the id of the fold or of its summary."""
    nameless = [
        f"{path.relative_to(ROOT)}:{text[: found.start()].count(chr(10)) + 1}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for text in [path.read_text(encoding="utf-8")]
        for found in re.finditer(r"<details\b.*?<summary\b[^>]*>", text, re.DOTALL)
        if not re.search(r'\sid="', found[0])
    ]
    assert nameless == []
