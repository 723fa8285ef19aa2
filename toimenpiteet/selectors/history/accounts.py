"""What happened to an account: who changed its name, address, language or closing, when and why, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from toimenpiteet.dates import moment_words
from toimenpiteet.languages import LANGUAGES
from toimenpiteet.models import User


@dataclass(frozen=True)
class AccountChange:
    """One thing about an account, as words: what it was ("" where it was made) and what it became."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class AccountEvent:
    """One change of an account: when, by whom and why."""

    when: str
    who: str
    why: str
    changes: list[AccountChange]


_EVENT = ["history_date", "actor_name__text", "history_change_reason"]
_COLUMNS = ["name__text", "email__text", "language", "is_active", "is_superuser"]


def account_record(person: User) -> list[AccountEvent]:
    """Return what happened to the account of `person`, the newest first; one query."""
    rows = list(User.history.filter(id=person.pk).order_by("history_id").values_list(*_EVENT, *_COLUMNS))
    return [_event(before, after) for before, after in pairwise([None, *rows])][::-1]


def _event(before: Sequence[Any] | None, after: Sequence[Any]) -> AccountEvent:
    at, who, why, *now = after
    then = [None] * len(now) if before is None else before[len(_EVENT) :]
    differing = [
        AccountChange(what, _said(column, old), _said(column, new))
        for column, what, old, new in zip(
            _COLUMNS,
            [_("Name"), _("E-mail"), _("Language"), _("Account"), _("Operator of the installation")],
            then,
            now,
            strict=True,
        )
        # Of a new account the usual goes without saying.
        if old != new and not (before is None and column == "is_superuser" and not new)
    ]
    return AccountEvent(moment_words(at), who, why, differing)


def _said(column: str, value: Any) -> str:
    if value is None:
        return ""
    match column:
        case "language":
            return dict(LANGUAGES).get(value, str(value))
        case "is_active":
            return _("account open") if value else _("account closed")
        case "is_superuser":
            return _("yes") if value else _("no")
        case _:
            return str(value)
