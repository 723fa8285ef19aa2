"""Errors as problem+json (RFC 9457), in the caller's language: what is wrong, where, and what to do."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from toimenpiteet.api.fields import Json
from toimenpiteet.labels import Label
from toimenpiteet.services.errors import DATABASE_AWAY, RETRY_LATER, DomainError, MoveRefused, Stale, WrongTime

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:toimenpiteet:problem:"

_log = logging.getLogger(__name__)

_TITLES: dict[int, Label] = {
    400: gettext_lazy("The request cannot be taken as it is"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not open to you"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Not possible here"),
    406: gettext_lazy("No such format"),
    409: gettext_lazy("Not possible as things stand"),
    412: gettext_lazy("Changed meanwhile"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("No such format"),
    428: gettext_lazy("The version is missing"),
    429: gettext_lazy("Too many attempts"),
    500: gettext_lazy("An error of ours"),
    503: gettext_lazy("Not possible at the moment"),
}
_DETAILS: dict[type[exceptions.APIException], Label] = {
    exceptions.NotFound: gettext_lazy("There is no such thing here, or it is not open to you. Check the address."),
    exceptions.NotAuthenticated: gettext_lazy(
        "Only people who have signed in may do this. Send a token in the header Authorization."
    ),
    exceptions.UnsupportedMediaType: gettext_lazy(
        "The body must be JSON. Send it with the header Content-Type: application/json."
    ),
    exceptions.NotAcceptable: gettext_lazy("The answer is JSON. Send the header Accept: application/json."),
}


class VersionMissing(exceptions.APIException):
    """A write without If-Match (RFC 6585)."""

    status_code = 428
    default_code = "version_missing"
    default_detail = gettext_lazy(
        'Send the version that you saw in the header If-Match, such as "3": it stands in the ETag of the object.'
    )


class TooLarge(exceptions.APIException):
    """A body that no client of ours sends."""

    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("The body is larger than this address takes. Send less.")


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Return the answer for `error`; an unforeseen one is logged, told to Django's signal, and answered with 500."""
    request = context["request"]
    if isinstance(error, DomainError):
        return _respond(request, *_refused(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, SuspiciousOperation):
        # What Django refuses of a form.
        error = exceptions.ParseError(_("The form is larger than this address takes, or has more than one file."))
    if isinstance(error, exceptions.APIException):
        return _respond(request, *_foreseen(error, request))
    if isinstance(error, DATABASE_AWAY):
        _log.error("The database does not answer in %s: %s", request.path, error)
        detail = _("The database does not answer, and nothing was saved. Try again in a moment.")
        return _respond(request, 503, _problem(503, "unavailable", detail), RETRY_LATER)
    _log.exception("Unforeseen error in %s", request.path)
    got_request_exception.send(sender=None, request=request)
    detail = _("The request could not be carried out, and nothing was saved. Try again later.")
    return _respond(request, 500, _problem(500, "error", detail), {})


def _respond(request: Any, status: int, problem: Json, headers: dict[str, str]) -> Response:
    problem["instance"] = request.path
    return Response(problem, status=status, headers=headers, content_type=MEDIA_TYPE)


def _problem(status: int, code: str, detail: str) -> Json:
    return {
        "type": TYPE + code,
        "title": str(_TITLES.get(status, _TITLES[400])),
        "status": status,
        "detail": detail,
        "instance": "",
        "code": code,
    }


def _refused(error: DomainError) -> tuple[int, Json, dict[str, str]]:
    status = 412 if isinstance(error, Stale) else error.http_status
    problem = _problem(status, error.code, error.message)
    if error.field:
        problem["errors"] = [{"field": error.field, "message": error.message}]
    headers: dict[str, str] = {}
    current = error.current if isinstance(error, Stale | MoveRefused | WrongTime) else None
    if current is not None:
        tag = error.tag if isinstance(error, Stale) else current.version
        problem["current"] = {"version": tag, "status": getattr(current, "status", None)}
        headers["ETag"] = f'"{tag}"'
    return status, problem, headers


def _foreseen(error: exceptions.APIException, request: Any) -> tuple[int, Json, dict[str, str]]:
    # DRF's view sets the one, DRF's throttle the other.
    scheme, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    headers = {"WWW-Authenticate": scheme} if scheme else {}
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    problem = _problem(error.status_code, _code(error), _detail(error, request))
    if isinstance(error, exceptions.ValidationError):
        problem["errors"] = [{"field": field, "message": message} for field, message in _flat(error.detail, "")]
    return error.status_code, problem, headers


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else str(error.default_code)


def _detail(error: exceptions.APIException, request: Any) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Some of what was sent cannot be taken. Mend what is named in errors and send it again.")
    if isinstance(error, exceptions.MethodNotAllowed):
        return _("%(method)s is not possible at this address.") % {"method": request.method}
    if isinstance(error, exceptions.Throttled):
        return _("There were too many attempts. Wait %(seconds)s seconds and try again.") % {
            "seconds": int(getattr(error, "wait", None) or 0) + 1
        }
    return str(_DETAILS.get(type(error), error.detail))


def _flat(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (dotted name of the field, message) for each message of a nested DRF error."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)
