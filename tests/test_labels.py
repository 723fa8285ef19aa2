"""Words for every status, move, role and light, in one module, and none forgotten: a missing one ends a page."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from toimenpiteet import labels
from toimenpiteet.access.rights import ROLES, Verb
from toimenpiteet.answers import Light, Review, Said, Unknown
from toimenpiteet.change_requests import ChangeKind, ChangeStatus
from toimenpiteet.exchange.report import words as report_words
from toimenpiteet.models import DateKind
from toimenpiteet.round_days import RoundKind, Which
from toimenpiteet.selectors.history.between import DIFFERENCE, Kind
from toimenpiteet.selectors.waiting.waiting import Urgency
from toimenpiteet.services.people.letters import LetterKind
from toimenpiteet.workflow import BY_NAME, INITIAL, TAKE_BACK, LateBecause, Refusal, Role, Status

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
# Where such a dictionary may stand beside labels.py.
EXEMPT = {
    "toimenpiteet/exchange/demonstration": "what the invented people write",
    "toimenpiteet/selectors/history/timeline.py": "sentences, which the stream of events keeps with itself",
}
_KEYS = {
    *BY_NAME,
    *(status.value for status in Status),
    *(role.value for role in Role),
    *(light.value for light in Light),
}
_ENUMS = {"Status", "Role", "Refusal", "Said", "Review", "Light", "State", "Urgency", "LateBecause"}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (labels.STATUS, Status),
        (labels.STATUS_MEANS, Status),
        (labels.MOVE, {*BY_NAME, TAKE_BACK}),
        (labels.MOVE_COMMENT, [name for name, move in BY_NAME.items() if move.comment_required]),
        (labels.ROLE, Role),
        (labels.REFUSAL, Refusal),
        (labels.BELONGS, {move.roles for move in BY_NAME.values()}),
        (labels.SAID, Said),
        (labels.REVIEW, Review),
        (labels.LIGHT, Light),
        (labels.LIGHT_MEANS, Light),
        (labels.UNKNOWN, Unknown),
        (labels.CHANGE_KIND, ChangeKind),
        (labels.CHANGE_STATUS, ChangeStatus),
        (DIFFERENCE, Kind),
        (labels.URGENCY, Urgency),
        (labels.LATE, LateBecause),
        (labels.STATUS_COUNT, Status),
        (labels.DATED, DateKind.values),
        (labels.ROUND_KIND, RoundKind),
        (labels.ROUND_DAY, Which),
        (labels.LETTER, LetterKind),
        (labels.MAY_NOT, Verb),
        (ROLES, {*Verb, *BY_NAME}),
    ],
    ids=[
        "status",
        "meaning",
        "move",
        "comment",
        "role",
        "refusal",
        "belongs",
        "said",
        "review",
        "light",
        "means",
        "unknown",
        "change",
        "change status",
        "difference",
        "urgency",
        "late",
        "count",
        "dated",
        "occasion",
        "day",
        "letter",
        "may not",
        "who may",
    ],
)
def test_no_key_is_missing(words: dict[Any, object], keys: Collection[Any]) -> None:
    assert set(words) == set(keys)


def test_each_status_has_a_shape_of_its_own() -> None:
    style = (ROOT / "toimenpiteet/static/toimenpiteet/site.css").read_text(encoding="utf-8")
    # A ring is what stands where there is no rule: of the status that a plan begins with.
    marked = [f"status-{status}" for status in Status if status is not INITIAL]
    assert [name for name in marked if f".{name} .status-mark {{" not in style] == []


def _of_the_workflow(key: ast.expr | None) -> bool:
    match key:
        case ast.Constant(value=str(text)):
            return text in _KEYS
        case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _ENUMS
    return False


def _said(value: ast.expr) -> bool:
    """Tell whether it is a text, marked for the catalogues or not."""
    text = value.args[-1] if isinstance(value, ast.Call) and value.args else value
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def _dictionaries(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict) or len(node.keys) < 3:
            continue
        if all(map(_of_the_workflow, node.keys)) and all(map(_said, node.values)):
            yield node.lineno


def test_words_by_status_move_role_or_light_stand_nowhere_else() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for folder in ("toimenpiteet", "notifications")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := list(_dictionaries(ast.parse(path.read_text()))))
    }
    elsewhere = [path for path in found if not any(path.startswith(exempt) for exempt in EXEMPT)]
    assert elsewhere == ["toimenpiteet/labels.py"]


@pytest.mark.parametrize(
    "source",
    [
        '{Status.A: "a", Status.B: _("b"), Status.C: pgettext("x", "c")}',
        '{"start": "a", "pause": "b", "resume": "c"}',
    ],
)
def test_such_a_dictionary_is_found(source: str) -> None:
    assert list(_dictionaries(ast.parse(source)))


SAID_OF_LIGHTS = {
    "fi": (
        *("etenee suunnitellusti", "viivästyy tai vaarassa", "ei etene, vaatii päätöksen"),
        *("ei voida arvioida", "ei raportoitu"),
    ),
    "sv": (
        *("framskrider enligt plan", "fördröjs eller är hotad", "framskrider inte, kräver beslut"),
        *("kan inte bedömas", "inte rapporterat"),
    ),
}


@pytest.mark.parametrize("language", SAID_OF_LIGHTS)
def test_a_light_is_called_on_screens_as_in_the_report(language: str) -> None:
    with override(language):
        screens = (*map(str, labels.LIGHT.values()), str(labels.SAID[Said.NOTHING]))
        assert screens == SAID_OF_LIGHTS[language]
        assert tuple(str(report_words.MARK[mark]) for mark in report_words.SHAPE) == screens
        assert str(labels.ANSWER_STATE["silent"]) == screens[-1]


SAID_OF_STATUSES = {
    "fi": (
        *("ei aloitettu", "käynnissä", "keskeytetty", "odottaa hyväksyntää", "valmis", "luovuttu"),
        "jatkuu seuraavalla kaudella",
    ),
    "sv": (
        *("inte påbörjad", "pågår", "vilande", "väntar på godkännande", "slutförd", "utgår"),
        "fortsätter under nästa period",
    ),
}
SAID_TO_THE_BOARD = {
    "fi": {Status.DISCONTINUED: "päätetty lopettaa", Status.CARRIED_OVER: "siirretty seuraavaan kauteen"},
    "sv": {Status.DISCONTINUED: "avslutad genom beslut", Status.CARRIED_OVER: "överförd till nästa period"},
}


@pytest.mark.parametrize("language", SAID_OF_STATUSES)
def test_a_status_has_one_word_and_two_have_another_before_the_board(language: str) -> None:
    with override(language):
        screens = {status: str(word) for status, word in labels.STATUS.items()}
        assert tuple(screens.values()) == SAID_OF_STATUSES[language]
        report = {status: str(word) for status, word in report_words.STATUS.items()}
    assert report == screens | SAID_TO_THE_BOARD[language]
