"""Bounces that come later, by mail: each mail's return address says which mail it was, and is signed.

A mail server that takes a mail may still send back that it could not be delivered (RFC 3464). Where MAIL_BOUNCES names
a mailbox that takes addresses with a plus sign, such reports are given to ``manage.py take_bounce``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications import outbox
from notifications.models import Reminder
from toimenpiteet.services.text import one_line

_TAG = re.compile(r"\+(\d{1,18})-([0-9a-f]{16})@")
_LONGEST = 1000


def return_address(row: Reminder) -> str:
    """Return the address to which a mail's bounces go; "" where the installation has none for it."""
    mailbox = settings.MAIL_BOUNCES
    if not mailbox:
        return ""
    local, _at, host = mailbox.rpartition("@")
    return f"{local}+{row.pk}-{_signature(row.pk)}@{host}"


def _signature(pk: int) -> str:
    return salted_hmac("notifications.bounces", str(pk), algorithm="sha256").hexdigest()[:16]


@dataclass(frozen=True)
class Report:
    """What a report on delivery says: of which mail, and in the server's words; `failed` for good."""

    mail: int
    failed: bool
    said: str


def read(raw: bytes, to: str = "") -> Report | None:
    """Read a report on delivery that came to `to`, or to what its headers say; None when it is none of ours."""
    message = message_from_bytes(raw, policy=policy.default)
    addresses = [to, *(str(message.get(name, "")) for name in ("X-Original-To", "Delivered-To", "To"))]
    tags = (_TAG.search(parseaddr(address)[1]) for address in addresses)
    tag = next((found for found in tags if found), None)
    if tag is None or not constant_time_compare(tag[2], _signature(int(tag[1]))):
        return None
    failed, said = _verdict(message)
    return Report(int(tag[1]), failed, said)


def _verdict(message: EmailMessage) -> tuple[bool, str]:
    """Return whether the report says that a mail failed for good, and its words; an automatic reply says nothing."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            # The first group of fields is about the mail, each further one about a receiver.
            groups: Any = part.get_payload()
            for fields in groups[1:]:
                action, status = str(fields.get("Action", "")).lower(), str(fields.get("Status", ""))
                said = str(fields.get("Diagnostic-Code", "") or status)
                if action.strip() == "failed" and status.strip().startswith("5"):
                    return True, one_line(said)[:_LONGEST]
    return False, ""


def take(raw: bytes, now: datetime, to: str = "") -> str:
    """Record what a report says; return it in one sentence, in English."""
    report = read(raw, to)
    if report is None:
        return "This is no report on a mail of ours."
    if not report.failed:
        return f"Mail {report.mail}: nothing failed for good."
    if outbox.came_back(report.mail, report.said, now):
        return f"Mail {report.mail} came back: {report.said}"
    return f"Mail {report.mail} was not sent, or is known to have come back."
