"""Mails about an account: what is to be said is kept in the step that makes it true, and leaves at once.

Who keeps and sends it registers with ``delivered_by``: the mails know the domain, and never the other way round. What a
mail says is made when it leaves; the link in it is in no row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from toimenpiteet.models import User


class LetterKind(StrEnum):
    """What such a mail is about."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105  # the name of a mail
    ADDRESS_MOVED = "address_moved"


@dataclass(frozen=True)
class AccountLetter:
    """A mail that is owed to `user` (None: nobody has the address) at an address, since `at`.

    `facts` is what it says besides, as JSON takes it.
    """

    kind: LetterKind
    user: User | None
    address: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


Post = Callable[[AccountLetter], None]
_posts: list[Post] = []


def delivered_by(post: Post) -> Post:
    """Register what keeps these mails and sends them."""
    _posts.append(post)
    return post


def post(letter: AccountLetter) -> None:
    """Keep a mail that is owed; call it in the transaction of what it tells."""
    for one in _posts:
        one(letter)
