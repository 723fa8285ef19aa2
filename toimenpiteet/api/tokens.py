"""The address that gives and takes tokens, and how often it may be tried."""

import hashlib
import logging
from typing import Any

import redis
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from toimenpiteet import labels
from toimenpiteet.api.parsers import PlainText, Strict
from toimenpiteet.api.views import ApiView
from toimenpiteet.models import User
from toimenpiteet.services.people import tokens

_log = logging.getLogger(__name__)


class SignInThrottle(SimpleRateThrottle):
    """Limits attempts to sign in; the rates stand in the settings. A cache that is away limits nobody."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether the attempt may go on."""
        try:
            return super().allow_request(request, view)
        except (redis.RedisError, OSError):
            _log.warning("The cache is away: attempts to sign in are not limited.", exc_info=True)
            return True

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return whom the limit is for: here, the network address."""
        return self._key(self.get_ident(request)) if request.method == "POST" else None

    def _key(self, ident: str) -> str:
        return self.cache_format % {"scope": self.scope, "ident": hashlib.sha256(ident.encode()).hexdigest()}


class FromAddress(SignInThrottle):
    """Attempts from one network address."""

    scope = "sign_in_from"


class ForAccount(SignInThrottle):
    """Attempts on one account, wherever they come from."""

    scope = "sign_in_for"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return whom the limit is for: the e-mail address that was sent."""
        email = request.data.get("email") if request.method == "POST" and isinstance(request.data, dict) else None
        return self._key(email.strip().casefold()) if isinstance(email, str) else None


class Credentials(Strict):
    """Whose token is asked for."""

    email = PlainText(max_length=254)
    # Django hashes the whole of it: a megabyte would keep a process busy.
    password = PlainText(max_length=4096, trim_whitespace=False)


class Issued(serializers.Serializer[Any]):
    """A token. It is shown this once; keep it as you keep a password."""

    token = serializers.CharField()
    expires = serializers.DateTimeField(allow_null=True)


_WRONG = _("No account has this e-mail address and password. Check both, or set a new password on the sign-in page.")


_ALL = OpenApiParameter("all", str, enum=["true", "false"], description="End every token of the person.")


class TokenView(ApiView):
    """Tokens: POST signs in and gives one, DELETE ends it."""

    throttle_classes = [FromAddress, ForAccount]
    permission_classes = []
    parameters = frozenset({"all"})

    def get_authenticators(self) -> list[Any]:
        """Ask nobody who signs in who they are: an old token or cookie must not get in the way."""
        # The description of the API asks without a request.
        request: HttpRequest | None = self.request
        return [] if request is not None and request.method == "POST" else super().get_authenticators()

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme also where nobody is asked."""
        return "Token"

    @extend_schema(request=Credentials, responses={201: Issued}, operation_id="token_create", auth=[])
    def post(self, request: Request) -> Response:
        """Sign in with e-mail and password; the answer holds a token for the header `Authorization: Token …`."""
        body = Credentials(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(request, username=body.validated_data["email"], password=body.validated_data["password"])
        if not isinstance(user, User):
            raise AuthenticationFailed(_WRONG, code="wrong_credentials")
        token, expires = tokens.issue(user, now=self.now)
        return Response({"token": token, "expires": expires}, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None}, operation_id="token_destroy", parameters=[_ALL])
    def delete(self, request: Request) -> Response:
        """End the token with which the request came; with `all=true`, every token of the person."""
        if not isinstance(request.user, User):
            raise NotAuthenticated
        wanted = request.query_params.get("all", "false")
        if wanted not in {"true", "false"}:
            raise _about_all(_("There is no such value. Possible: %(values)s.") % {"values": "true, false"})
        if wanted == "true":
            tokens.revoke_all(request.user)
        elif request.auth is None:
            raise _about_all(_("The request came without a token. Send all=true to end every token."))
        else:
            tokens.revoke(request.auth)
        return Response(status=204)


def _about_all(message: labels.Label) -> serializers.ValidationError:
    return serializers.ValidationError({"all": [str(message)]})
