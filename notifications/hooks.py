"""The week's numbers as JSON, sent to an address of the municipality's own and signed.

Retried as mails are, until the week is over. The address must lead out: what leads to an address of an inner network,
or of this machine, is refused when it is called, whatever its name says, and redirects are not followed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import logging
import secrets
import socket
import ssl
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from notifications.kinds.weekly.week import stands
from notifications.models import HookCall, WebHook
from notifications.outbox import BACKOFF, bounced
from notifications.situation import Situation
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Municipality
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.people import names
from toimenpiteet.services.text import one_line

log = logging.getLogger(__name__)
_SECONDS, _LEASE, _LONGEST = 10, timedelta(minutes=2), 500
State = HookCall.State
_ACTIVE = Q(ended_at__isnull=True)


class Refused(Exception):
    """The address cannot be called; the message says why."""


def keep(municipality: Municipality, url: str, actor: Actor, now: datetime) -> str:
    """Send the municipality's weeks to `url` from now on; return the secret that signs them, for the only time.

    Raises Invalid when the address is none that could be called.
    """
    try:
        _check(url)
    except Refused as error:
        raise Invalid(str(error), field="url") from error
    if (there := of(municipality)) and there.url == url:
        raise Invalid(_("This is the address already. End it first, if you want another secret."), field="url")
    secret = secrets.token_hex(32)
    with transaction.atomic():
        end(municipality, actor, now)
        (by_name,) = names.find_or_make(names.of_actor(actor))
        values = {"url": url, "secret": secret, "made_at": now, "made_by_name_id": by_name}
        WebHook.objects.create(municipality=municipality, **values)
    return secret


def end(municipality: Municipality, actor: Actor, now: datetime) -> None:
    """Send nothing any more; what was not sent yet is given up, and who ended it stays on record."""
    (by_name,) = names.find_or_make(names.of_actor(actor))
    there = WebHook.objects.filter(_ACTIVE, municipality=municipality)
    HookCall.objects.filter(hook__in=there, state=State.PLANNED).update(state=State.CANCELLED)
    there.update(ended_at=now, ended_by_name_id=by_name)


def of(municipality: Municipality) -> WebHook | None:
    """Return the municipality's web hook that is in use, if it has one."""
    return WebHook.objects.filter(_ACTIVE, municipality=municipality).first()


def former(municipality: Municipality) -> list[WebHook]:
    """Return the municipality's web hooks that have ended, the latest first; one query."""
    ended = WebHook.objects.filter(~_ACTIVE, municipality=municipality)
    return list(ended.select_related("made_by_name", "ended_by_name"))


def run(now: datetime) -> int:
    """Make this week's calls where there are none, and send what is due; return how many were sent."""
    year, week, _day = local_day(now).isocalendar()
    name = f"{year}-W{week:02d}"
    for hook in WebHook.objects.filter(_ACTIVE).exclude(calls__week=name).select_related("municipality"):
        body = json.dumps(_body(hook, name, now), sort_keys=True)
        call = HookCall(hook=hook, week=name, delivery=uuid4(), body=body, next_attempt_at=now)
        HookCall.objects.bulk_create([call], ignore_conflicts=True)
    HookCall.objects.filter(state=State.PLANNED).exclude(week=name).update(state=State.CANCELLED)
    due = HookCall.objects.filter(state=State.PLANNED, next_attempt_at__lte=now).select_related("hook")
    return sum(_send(call, now) for call in due)


def _body(hook: WebHook, week: str, now: datetime) -> dict[str, object]:
    home = hook.municipality
    found = stands(Situation(home, now, bounced(home, now)))
    return {
        "municipality": home.key,
        "week": week,
        "made_at": now.isoformat(),
        "late": found.late,
        "silent": found.silent,
        "waiting_for_approval": found.approvals,
        "mails_not_arrived": found.failed,
    }


def _send(call: HookCall, now: datetime) -> bool:
    # Taken by one conditional UPDATE: who changes a row sends it; who dies leaves it to the next, with the same id.
    mine = HookCall.objects.filter(pk=call.pk, state=State.PLANNED, next_attempt_at__lte=now)
    if not mine.update(next_attempt_at=now + _LEASE, attempts=call.attempts + 1):
        return False
    row = HookCall.objects.filter(pk=call.pk)
    try:
        _post(call, now)
    except Exception as error:
        # Whatever is wrong with one city's server, the others are called.
        if not isinstance(error, (Refused, OSError, http.client.HTTPException)):
            log.exception("Call %s of a web hook could not be made.", call.pk)
        wait = BACKOFF[min(call.attempts, len(BACKOFF) - 1)]
        row.update(next_attempt_at=now + wait, error=one_line(f"{type(error).__name__}: {error}")[:_LONGEST])
        return False
    row.update(state=State.SENT, sent_at=now, error="")
    return True


def _post(call: HookCall, now: datetime) -> None:
    scheme, host, port, path = _parts(call.hook.url)
    body, stamp = call.body.encode(), str(int(now.timestamp()))
    signed = hmac.new(call.hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Toimenpiteet",
        "X-Toimenpiteet-Delivery": str(call.delivery),
        "X-Toimenpiteet-Timestamp": stamp,
        "X-Toimenpiteet-Signature": f"sha256={signed}",
    }
    connection = _Pinned(scheme, host, port, _outer_address(host, port))
    # A time-out of each read is none for who sends a byte at a time.
    ends = threading.Timer(_SECONDS, connection.hang_up)
    ends.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        status = connection.getresponse().status
    finally:
        ends.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Refused(f"the server answered {status}")


class _Pinned(http.client.HTTPConnection):
    """A connection to the very address that was looked at, whatever the name says a moment later."""

    def __init__(self, scheme: str, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=_SECONDS)
        self.scheme, self.address = scheme, address

    def connect(self) -> None:
        """Connect to the address, and check the certificate against the name."""
        self.sock = socket.create_connection((self.address, self.port), timeout=_SECONDS)
        if self.scheme == "https":
            safe = ssl.create_default_context()
            # Shaken hands with only once it is ours, so that it can be hung up on meanwhile.
            self.sock = safe.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def hang_up(self) -> None:
        """End the connection, whoever waits for it; from another thread."""
        with suppress(OSError):
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)


def _check(url: str) -> None:
    """Raise Refused for what is no address, or says itself that it leads to this machine or an inner network."""
    host = _parts(url)[1]
    try:
        inner = not is_outer(host)
    except ValueError:
        inner = host == "localhost" or host.endswith(".localhost")
    if inner:
        raise Refused(str(_("This address leads to an inner network. Give one that can be reached from outside.")))


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Refused(str(_("This is no address of a web server."))) from error
    if parts.scheme not in SCHEMES or not parts.hostname or parts.username or parts.password:
        raise Refused(str(_("Give an address that begins with https:// and a host, without a name or password in it.")))
    path, query = (quote(part, safe="/%:@!$&'()*+,;=~?") for part in (parts.path or "/", parts.query))
    return parts.scheme, parts.hostname, port, f"{path}?{query}" if query else path


SCHEMES = frozenset({"https"})


def _outer_address(host: str, port: int) -> str:
    """Return an address of a host; raises Refused when any of them is of an inner network."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    inner = [address for address in found if not is_outer(address)]
    if inner or not found:
        raise Refused(f"{host} leads to an inner address")
    return min(found)


def is_outer(address: str) -> bool:
    """Tell whether an IP address lies outside every inner network: global, and no multicast.

    Raises ValueError for what is no address. What has another address inside (mapped, 6to4, Teredo, NAT64) is inner:
    only 2000::/3 is given out to the world (RFC 4291, 2.4).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _WORLD or ip.sixtofour or ip.teredo):
        return False
    return bool(ip.is_global and not ip.is_multicast)


_WORLD = ipaddress.IPv6Network("2000::/3")
