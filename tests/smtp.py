"""A mail server that keeps what it gets and answers as a test tells it to."""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Delivery:
    """One accepted mail."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class SmtpServer:
    """A mail server on 127.0.0.1.

    ``replies`` holds the answer to RCPT for an address, such as ``"550 5.1.1 no such user"``; others get 250.
    ``data_reply`` answers the mail itself; ``before_data`` is called when a mail has arrived and is not yet answered.
    """

    replies: dict[str, str] = field(default_factory=dict)
    data_reply: str = "250 2.0.0 accepted"
    before_data: Callable[[], None] | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Answer as ``replies`` says."""
        reply = self.replies.get(address, "250 2.1.5 ok")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        else:
            self.refused.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep the mail when ``data_reply`` accepts it."""
        if self.before_data is not None:
            self.before_data()
        if self.data_reply.startswith("2"):
            message = message_from_bytes(envelope.content, EmailMessage, policy=policy.default)
            self.deliveries.append(Delivery(envelope.mail_from, tuple(envelope.rcpt_tos), message))
        return self.data_reply

    def start(self) -> Controller:
        """Start listening; the caller stops what is returned."""
        controller = Controller(self, hostname=self.host, port=self.port)
        # aiosmtpd tells of each line of the conversation.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        controller.start()
        return controller

    def wait_for(self, count: int, seconds: float = 10) -> list[Delivery]:
        """Return the deliveries once there are `count`; raises AssertionError after `seconds`."""
        until = time.monotonic() + seconds
        while len(self.deliveries) < count:
            assert time.monotonic() < until, f"{len(self.deliveries)} mails of {count} came within {seconds} s"
            time.sleep(0.05)
        return self.deliveries
