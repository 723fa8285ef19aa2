"""What every address of the API needs of a request: when it is, who asks, what exists for them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.api.authentication import SignedInToWrite
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, User
from toimenpiteet.services import files

P = ParamSpec("P")
V = TypeVar("V", bound="ApiView")
R = TypeVar("R", bound=HttpResponseBase)
Get = Callable[Concatenate[V, Request, P], R]


def published(get: Get[V, P, R]) -> Get[V, P, R]:
    """Show of one thing that is not the caller's, but published, exactly what anybody sees."""

    @wraps(get)
    def seen(self: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return get(self, request, *args, **kwargs)
        except Http404:
            if self.scope.anonymous:
                raise
            self.scope = Scope()
            return get(self, request, *args, **kwargs)

    return seen


def attached(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file as an attachment."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})


class ApiView(APIView):
    """Base of every address. `parameters` are those that the query may hold, `repeated` those that may come twice."""

    permission_classes: Sequence[Any] = [SignedInToWrite]
    parameters: ClassVar[frozenset[str]] = frozenset()
    repeated: ClassVar[frozenset[str]] = frozenset()

    @cached_property
    def now(self) -> datetime:
        """Return the moment of this request: read once, here, and handed on as an argument."""
        return timezone.now()

    @cached_property
    def today(self) -> date:
        """Return the day of this request in Europe/Helsinki."""
        return local_day(self.now)

    @cached_property
    def scope(self) -> Scope:
        """Return what the caller is today."""
        user = self.request.user
        return access.scope_of(user if isinstance(user, User) else None, self.today)

    @property
    def actor(self) -> Actor:
        """Return the person who acts through the API."""
        assert isinstance(self.request.user, User)  # noqa: S101  # SignedInToWrite let them in
        return Actor.person(self.request.user, Door.API)

    def kept_file(self, pk: int) -> HttpResponse:
        """Return a kept file with its bytes, as an attachment. Raises Http404, or services.files.Damaged."""
        kept, data = files.read(self.scope, pk)
        return attached(data, kept.name, kept.content_type)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or raise: also ValidationError for a parameter that this address does not know."""
        super().initial(request, *args, **kwargs)
        if request.query_params:
            _refuse_unknown(request, self.parameters, self.repeated)


def _refuse_unknown(request: Request, known: frozenset[str], repeated: frozenset[str]) -> None:
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            message = _("There is no such parameter here. Possible: %(names)s.")
            errors[name] = [message % {"names": ", ".join(sorted(known)) or "–"}]
        elif len(values) > 1 and name not in repeated:
            errors[name] = [_("This parameter is there more than once. Keep one.")]
    if errors:
        raise ValidationError(errors)
