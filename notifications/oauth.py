"""Signing in to the mail server with XOAUTH2, for servers that take no passwords (Exchange Online).

Set ``EMAIL_BACKEND`` to this module's ``EmailBackend`` and ``EMAIL_OAUTH`` to {"token_url", "client_id",
"client_secret", "scope"}; ``EMAIL_HOST_USER`` is the mailbox, ``EMAIL_HOST_PASSWORD`` stays empty.
"""

import json
import smtplib
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail.backends import smtp

_EARLY_SECONDS = 300
"""A token is renewed so long before it ends."""


@dataclass(frozen=True)
class Token:
    """An access token and, on this process's monotonic clock, when to ask for the next."""

    text: str
    good_until: float


_tokens: dict[tuple[str, str], Token] = {}


def access_token() -> str:
    """Return a token of the client-credentials grant (RFC 6749, 4.4), kept in this process while it is good.

    Raises OSError when the token server is not reached, SMTPAuthenticationError when it refuses us.
    """
    given: dict[str, str] = getattr(settings, "EMAIL_OAUTH", {})
    key = given["token_url"], given["client_id"]
    kept = _tokens.get(key)
    if kept is None or kept.good_until <= time.monotonic():
        answer = _ask(given)
        lasts = max(0, int(answer.get("expires_in", 0)) - _EARLY_SECONDS)
        kept = _tokens[key] = Token(str(answer["access_token"]), time.monotonic() + lasts)
    return kept.text


def _ask(given: dict[str, str]) -> dict[str, Any]:
    form = {
        "grant_type": "client_credentials",
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        "scope": given["scope"],
    }
    request = Request(given["token_url"], data=urlencode(form).encode())  # noqa: S310  # the operator's own setting
    try:
        with urlopen(request, timeout=settings.EMAIL_TIMEOUT) as answer:  # noqa: S310  # https only: the settings refuse other addresses
            found = json.load(answer)
    except HTTPError as error:
        raise smtplib.SMTPAuthenticationError(535, f"no token: {error.code} {error.reason}") from error
    except ValueError as error:
        raise smtplib.SMTPAuthenticationError(535, "no token: the answer is not JSON") from error
    if not isinstance(found, dict) or "access_token" not in found:
        raise smtplib.SMTPAuthenticationError(535, "no token in the answer")
    return dict(found)


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend, signed in with a token."""

    def open(self) -> bool | None:
        """Open the connection and sign in; raises what access_token and smtplib raise."""
        if self.connection is not None:
            return False
        token = access_token()
        opened = super().open()
        try:
            self._sign_in(token)
        except smtplib.SMTPException:
            # A token that was withdrawn early is not tried again.
            _tokens.clear()
            self.close()
            raise
        return opened

    def _sign_in(self, token: str) -> None:
        first = f"user={self.username}\x01auth=Bearer {token}\x01\x01"

        def answer(challenge: bytes | None = None) -> str:
            # A refusal comes as a challenge, which an empty line turns into the error.
            return first if challenge is None else ""

        assert self.connection is not None  # noqa: S101  # open() raises otherwise
        self.connection.ehlo_or_helo_if_needed()
        self.connection.auth("XOAUTH2", answer)
