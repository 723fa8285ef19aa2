"""What was said in a round, what the review made of it, and the manager's own light (docs/domain.md). Pure."""

from collections.abc import Sequence
from enum import StrEnum


class Said(StrEnum):
    """What was said of a plan in a round; *nothing* is never shown as *unchanged*."""

    NOTHING = "nothing"
    UNCHANGED = "unchanged"
    UPDATED = "updated"


class Review(StrEnum):
    """What the review made of what was said; a new answer after *returned* begins at *none* again."""

    NONE = "none"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Light(StrEnum):
    """The manager's own light; what is not on track has a cause and a next step."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_ASSESSED = "not_assessed"


class Unknown(StrEnum):
    """Why it cannot be assessed how something goes; the words say more, above all where it is something else."""

    NOT_MEASURED = "not_measured"
    FIGURE_LATER = "figure_later"
    METHOD_CHANGED = "method_changed"
    NO_MATCH = "no_match"
    OTHER = "other"


class Outcome(StrEnum):
    """What becomes of a goal: the forecast in the autumn, the result when the year is over (docs/domain.md)."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    NOT_ACHIEVED = "not_achieved"
    NOT_ASSESSED = "not_assessed"


_HOW_GOOD = (Light.OFF_TRACK, Light.AT_RISK, Light.ON_TRACK)


def brighter(before: Light, after: Light) -> int:
    """Return 1 where a light is better than before, -1 where it is worse, 0 where it is neither, or not assessed."""
    if Light.NOT_ASSESSED in {before, after}:
        return 0
    then, now = _HOW_GOOD.index(before), _HOW_GOOD.index(after)
    return (now > then) - (now < then)


EXPLAINED = frozenset({Light.AT_RISK, Light.OFF_TRACK})


def lacking(light: str, text: str, cause: str, next_step: str, unknown_because: str) -> str:
    """Return the first field that an answer needs and does not have, "" when it is whole and can be sent."""
    needed = {"light": light, "text": text}
    if light in EXPLAINED:
        needed |= {"cause": cause, "next_step": next_step}
    if light == Light.NOT_ASSESSED:
        needed |= {"unknown_because": unknown_because}
    return next((name for name, said in needed.items() if not said.strip()), "")


class NotUnchanged(StrEnum):
    """Why *unchanged* does not do as an answer; the words for each live with the other labels."""

    NO_ANSWER = "no_answer"
    RETURNED = "returned"
    LIGHT = "light"
    LATE = "late"
    TWICE = "twice"


def why_not_unchanged(before: Sequence[tuple[Said, Light]], *, late: bool, returned: bool) -> NotUnchanged | None:
    """Return the first reason why a plan needs a sentence now, or None where *unchanged* is offered.

    `before` are the answers of the rounds before, the newest first, without the rounds in which nothing was said;
    `late` tells that a due date or a step of the plan is past, `returned` that the director has asked for more.
    """
    if not before:
        return NotUnchanged.NO_ANSWER
    if returned:
        return NotUnchanged.RETURNED
    if before[0][1] not in {Light.ON_TRACK, Light.AT_RISK}:
        return NotUnchanged.LIGHT
    if late:
        return NotUnchanged.LATE
    if [said for said, _light in before[:2]] == [Said.UNCHANGED, Said.UNCHANGED]:
        return NotUnchanged.TWICE
    return None
