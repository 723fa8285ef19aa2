"""Text that people type: taken as text, whatever it looks like."""

import unicodedata

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from toimenpiteet.folding import composed
from toimenpiteet.services.errors import Invalid

COMMENT_LIMIT = 5000
_ALLOWED_CONTROLS = {"\n", "\t"}
# Some scripts, and pictures of several parts such as a family, need them.
_JOINERS = "\u200c\u200d"
_NO_JOINERS = dict.fromkeys(map(ord, _JOINERS))


def too_long(length: int, limit: int) -> str:
    """Return what is said of a text of `length` characters where at most `limit` fit."""
    counts = {"length": length, "limit": limit}
    said = {name: number_format(count, force_grouping=True) for name, count in counts.items()}
    return _("The text has %(length)s characters; at most %(limit)s fit here. Shorten it and try again.") % said


def clean(value: str, *, field: str, limit: int = COMMENT_LIMIT) -> str:
    """Return `value` in NFC with plain spaces, line feeds as line ends, no space around it, and nothing invisible.

    Those that turn the direction of writing or have no width are left out; what holds nothing else is no text. Raises
    Invalid when it is longer than `limit` characters or holds control characters, which no person types and which break
    mails and databases.
    """
    text = _visible(composed(value.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) > limit:
        raise Invalid(too_long(len(text), limit), field=field)
    for position, character in enumerate(text, 1):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in _ALLOWED_CONTROLS:
            raise Invalid(
                _("Character %(position)s of the text is an invisible control character (U+%(code)04X). Remove it.")
                % {"position": position, "code": ord(character)},
                field=field,
            )
    return text


def _visible(value: str) -> str:
    """Leave out invisible signs, but those that join letters and pictures, where there is something to join."""
    kept = "".join(char for char in value if unicodedata.category(char) != "Cf" or char in _JOINERS)
    return kept if any(unicodedata.category(char)[0] not in "CZ" for char in kept) else kept.translate(_NO_JOINERS)


def one_line(value: str) -> str:
    """Return `value` as one line, for headers, logs and plain text: no control, direction or invisible signs."""
    kept = (char for char in value if unicodedata.category(char) != "Cf")
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in kept).split())


def printable(value: str) -> str:
    """Return what was typed without the characters that no page can show."""
    return "".join(char for char in value if char.isprintable() or char in "\r\n\t")


def reason_of(typed: str, otherwise: str = "") -> str:
    """Return the reason that a person typed, or what is said `otherwise`; raises Invalid when there is neither."""
    reason = clean(typed, field="reason", limit=500) or otherwise
    if not reason:
        raise Invalid(_("Say why: the reason stays in the history."), field="reason")
    return reason
