"""The check of templates finds what would otherwise show only on the page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from toimenpiteet.management.commands.check_templates import check

pytestmark = pytest.mark.once

LONGEST = 120


@pytest.fixture
def template(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return what the check says about a template of this text."""

    def problems(text: str) -> list[str]:
        (tmp_path / "page.html").write_text(text)
        with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]):
            return list(check("page.html"))

    return problems


def test_our_templates_have_no_problem() -> None:
    call_command("check_templates")


def test_no_line_of_a_template_is_longer_than_one_of_the_code() -> None:
    folder = settings.BASE_DIR / "templates"
    lines = [(path, line) for path in folder.rglob("*.*") for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert [f"{path.relative_to(folder)}: {line}" for path, line in lines if len(line) > LONGEST] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if %}", "Unexpected end of expression"),
        ("{% include 'no-such.html' %}", "no-such.html, which does not exist"),
        ("{% if 1 %}{% url 'no_such' %}{% endif %}", "no_such, which no address is called"),
        ("{% url 'no_such:page' %}", "whose namespace does not exist"),
        ("{# What it expects:\nnothing #}", "a comment {# … that does not end on its line"),
    ],
)
def test_each_kind_of_mistake_is_found(template: Callable[[str], list[str]], text: str, said: str) -> None:
    assert said in "".join(template(text))


def test_a_right_template_has_no_problem(template: Callable[[str], list[str]]) -> None:
    assert template("{% url 'health' %} {% url 'admin:index' %} {% include name %}") == []
