"""The doors (pages, API) read through selectors and write through services: they build no query themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
DOORS = ("toimenpiteet/web", "toimenpiteet/api", "notifications/web")
EXEMPT = {
    "toimenpiteet/api/filters.py": "declares what can be asked of each list, in the way of django-filter",
    "toimenpiteet/api/words.py": "likewise, of words",
}
MANAGERS = {"objects", "_default_manager", "_base_manager", "history"}
BUILDS = {
    *("filter", "exclude", "order_by", "select_related", "prefetch_related", "values_list", "annotate", "alias"),
    *("aggregate", "only", "defer", "distinct", "exists", "select_for_update", "bulk_create", "get_or_create"),
    *("update_or_create", "in_bulk", "raw", "union"),
}
PARTS = {
    *("Q", "F", "Case", "When", "Exists", "OuterRef", "Subquery", "Prefetch", "Count", "Sum", "Max", "Min", "Value"),
    *("connection", "connections"),
}


def _sources() -> Iterator[tuple[str, ast.AST]]:
    for door in DOORS:
        for path in sorted((ROOT / door).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in EXEMPT:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def _queries(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in MANAGERS:
                yield f"{node.lineno}: a manager ({name})"
            case ast.Call(func=ast.Attribute(attr=name)) if name in BUILDS:
                yield f"{node.lineno}: a query ({name})"
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("django.db"):
                yield from (f"{node.lineno}: {one.name}" for one in names if one.name in PARTS)


def test_no_door_builds_a_query_or_takes_a_tables_manager() -> None:
    found = {name: queries for name, tree in _sources() if (queries := list(_queries(tree)))}
    assert found == {}


def test_what_is_exempt_is_there() -> None:
    assert [name for name in EXEMPT if not (ROOT / name).exists()] == []
