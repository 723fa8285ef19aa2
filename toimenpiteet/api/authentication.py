"""Who calls: a token (knox) in the header, and what a caller who has not signed in may do.

The settings name these classes, so this module must not import DRF's views.
"""

import binascii
from hmac import compare_digest
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from toimenpiteet.models import User
from toimenpiteet.services.people import tokens


class Token(TokenAuthentication):  # type: ignore[misc]  # untyped
    """A knox token in the header Authorization, read in one query and without writing anything.

    knox reads every other token of the person on each request, to remove those that have ended; here they are
    passed over, and removed when the next token is issued.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[User, Any]:
        """Return the person and their token; raises AuthenticationFailed."""
        try:
            text = token.decode("ascii")
            digest = hash_token(text)
        except (UnicodeDecodeError, binascii.Error) as error:
            raise _wrong_token() from error
        for kept in tokens.holding(text[: CONSTANTS.TOKEN_KEY_LENGTH], timezone.now()):
            if compare_digest(digest, kept.digest) and kept.user.is_active:
                return kept.user, kept
        raise _wrong_token()


def _wrong_token() -> AuthenticationFailed:
    return AuthenticationFailed(
        _("This token is unknown, has ended or was revoked. Sign in again at token/ to get a new one."),
        code="wrong_token",
    )


class SignedIn(BasePermission):
    """What is of no concern to the public, such as drafts and answers of a round, is for people only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the request may go on; raises NotAuthenticated (401) for an anonymous one."""
        if request.user.is_authenticated:
            return True
        raise NotAuthenticated


class SignedInToWrite(BasePermission):
    """Anybody may read what exists for them; only people write. What they may write, the services decide."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the request may go on; raises NotAuthenticated (401) for an anonymous write."""
        if request.method in SAFE_METHODS or request.user.is_authenticated:
            return True
        raise NotAuthenticated
