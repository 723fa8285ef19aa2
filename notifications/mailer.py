"""The way to the mail server: one connection for many mails, and what each refusal means.

Works with every backend of Django's: the exceptions are those of smtplib and OSError, as the SMTP backend raises them.
"""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection

from notifications.models import Reminder
from toimenpiteet.services.text import one_line

Problem = Reminder.Problem
_SLOW_DOWN = {421, 432}
# What speaks of us, whoever the mail is for: enhanced codes of policy and of the sender's address, and signing in.
_OURS = re.compile(rb"^\s*[45]\.(?:7\.\d+|1\.8)\b|\b[45]\.7\.\d+\b")
# After the mail itself, codes of a mailbox speak of ours: a quota, a right to send.
_OUR_MAILBOX = re.compile(rb"^\s*[45]\.2\.\d+\b")
_OUR_WORDS = re.compile(
    rb"relay|quota|not (?:allowed|permitted|authori[sz]ed) to send|send ?as|sender (?:denied|rejected)|authentica", re.I
)
_CODED = re.compile(rb"^\s*[45]\.\d+\.\d+")
_SIGN_IN = {530, 534, 535, 538}
_LONGEST = 1000


@dataclass(frozen=True)
class Refusal:
    """Why a mail was not taken.

    `for_good` ends the attempts for this mail, `stop` the run (it would meet the others too), `maybe_sent` says that
    the connection broke where the server may have taken the mail already.
    """

    problem: str
    error: str
    for_good: bool = False
    stop: bool = False
    maybe_sent: bool = False


def refusal_of(error: Exception) -> Refusal:
    """Say what an exception raised while sending means."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code, text = next(iter(refused.values()), (450, b""))
            return _reply(code, text, Problem.BOUNCED)
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=text):
            return _ours(code, text)
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=text):
            return _reply(code, text, Problem.REFUSED)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=text):
            # The greeting, HELO, STARTTLS or signing in: nothing to do with the mail.
            return _ours(code, text)
        case smtplib.SMTPNotSupportedError():
            return Refusal(Problem.POLICY, words_of(error), stop=True)
        case smtplib.SMTPServerDisconnected() | OSError():
            return Refusal(Problem.NETWORK, words_of(error), maybe_sent=True)
    raise error


def _reply(code: int, text: bytes | str, for_good: str) -> Refusal:
    """Read the answer to RCPT or DATA: it is about the receiver or the mail, unless it speaks of us."""
    error, words = _said(code, text), _bytes(text)
    if code in _SLOW_DOWN:
        return Refusal(Problem.BUSY, error, stop=True)
    ours = bool(_OURS.search(words))
    if for_good == Problem.REFUSED:
        ours = ours or bool(_OUR_MAILBOX.search(words))
    if not _CODED.match(words):
        ours = ours or bool(_OUR_WORDS.search(words))
    if code in _SIGN_IN or (ours and code >= 500):
        return Refusal(Problem.POLICY, error, stop=True)
    if 500 <= code <= 599:
        return Refusal(for_good, error, for_good=True)
    return Refusal(Problem.LATER, error)


def _ours(code: int, text: bytes | str) -> Refusal:
    """Read an answer that meets every mail: wait, or look at the settings."""
    busy = code in _SLOW_DOWN
    problem = Problem.BUSY if busy else Problem.POLICY if code >= 500 else Problem.LATER
    return Refusal(problem, _said(code, text), stop=True)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="replace")


def _said(code: int, text: bytes | str) -> str:
    words = _bytes(text).decode("utf-8", "replace")
    return one_line(f"{code} {words}")[:_LONGEST]


def words_of(error: Exception) -> str:
    """Return what is kept of an error: one line that a database and a page can hold."""
    return one_line(f"{type(error).__name__}: {error}")[:_LONGEST]


class Mailer:
    """One connection, opened when first needed and again after each trouble."""

    def __init__(self) -> None:
        self._connection: Any = None

    def open(self) -> Refusal | None:
        """Make sure that the mail server is there; a refusal here is certainly before any mail."""
        if self._connection is not None:
            return None
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            refusal = refusal_of(error)
            return Refusal(refusal.problem, refusal.error, stop=True)
        self._connection = connection
        return None

    def send(self, message: EmailMessage) -> Refusal | None:
        """Hand one mail over; None when the server has taken it. Call ``open`` first."""
        try:
            self._connection.send_messages([message])
        except (smtplib.SMTPException, OSError) as error:
            # smtplib may have hung up itself (421), or the dialogue may be out of step: begin anew.
            self.close()
            return refusal_of(error)
        return None

    def drop(self) -> None:
        """Hang up without a word: whoever is at the other end may never answer."""
        connection, self._connection = self._connection, None
        server = getattr(connection, "connection", None)
        if isinstance(server, smtplib.SMTP):
            server.close()

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.close()
