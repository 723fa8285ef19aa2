"""What was said in a round, what the review made of it, and the manager's own light (docs/domain.md). Pure."""

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


EXPLAINED = frozenset({Light.AT_RISK, Light.OFF_TRACK})
