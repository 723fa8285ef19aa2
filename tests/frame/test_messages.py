"""Message catalogues are compiled without GNU gettext."""

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from tools.messages import compile_catalogues

pytestmark = pytest.mark.once

TEXT = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "overdue"\nmsgstr "myöhässä"\n'


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "app/locale/fi/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    return path


def test_a_catalogue_is_compiled_once(catalogue: Path, tmp_path: Path) -> None:
    assert compile_catalogues(tmp_path) == [catalogue]
    assert compile_catalogues(tmp_path) == []
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("overdue") == "myöhässä"


def test_a_broken_catalogue_is_refused(catalogue: Path, tmp_path: Path) -> None:
    catalogue.write_text(TEXT + "msgid what\n")

    with pytest.raises(PoFileError):
        compile_catalogues(tmp_path)
