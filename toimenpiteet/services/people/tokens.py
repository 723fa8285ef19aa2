"""Tokens with which a person's programs sign in to the API; only their digest is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext as _
from knox.models import AuthToken
from knox.settings import knox_settings

from toimenpiteet.models import User
from toimenpiteet.models.reading import GIVEN, Statement
from toimenpiteet.services.errors import DomainError


class TooManyTokens(DomainError):
    """The person has as many tokens as one may have."""

    code = "too_many_tokens"
    http_status = 409


@transaction.atomic
def issue(user: User, *, now: datetime) -> tuple[str, datetime | None]:
    """Make a token for `user`; return it, for the only time, and when it ends.

    Raises TooManyTokens when REST_KNOX's limit is reached. Tokens that have ended are removed on the way.
    """
    User.objects.select_for_update().get(pk=user.pk)
    AuthToken.objects.filter(user=user, expiry__lte=now).delete()
    limit = knox_settings.TOKEN_LIMIT_PER_USER
    if limit is not None and AuthToken.objects.filter(user=user).count() >= limit:
        raise TooManyTokens(
            _("You have %(count)s tokens already. Revoke one that you no longer use, or all of them.")
            % {"count": limit}
        )
    kept, token = AuthToken.objects.create(user=user)
    return token, kept.expiry


def revoke(token: AuthToken) -> None:
    """End one token at once."""
    AuthToken.objects.filter(pk=token.pk).delete()


def revoke_all(user: User) -> int:
    """End every token of `user`; return how many there were."""
    return int(AuthToken.objects.filter(user=user).delete()[0])


_TOKEN, _PERSON = ([field.attname for field in model._meta.concrete_fields] for model in (AuthToken, User))
# Every request with a token begins with this.
_HOLDING = Statement(
    lambda: AuthToken.objects.filter(token_key__among=GIVEN), [*_TOKEN, *(f"user__{name}" for name in _PERSON)]
)


def holding(key: str, now: datetime) -> list[AuthToken]:
    """Return the tokens that begin with `key` and hold at `now`, each with its person; one query."""
    tokens = map(_token, _HOLDING.rows(given=[key]))
    return [token for token in tokens if token.expiry is None or token.expiry > now]


def _token(row: Sequence[Any]) -> AuthToken:
    token = AuthToken.from_db(DEFAULT_DB_ALIAS, _TOKEN, row[: len(_TOKEN)])
    token.user = User.from_db(DEFAULT_DB_ALIAS, _PERSON, row[len(_TOKEN) :])
    return token
