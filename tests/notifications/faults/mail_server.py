"""A mail server that misbehaves as it is told, and can be told otherwise."""

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from tests.smtp import SmtpServer

FAULTS = ("slow", "drips", "before", "after", "421", "432", "450", "550", "sender", "quota", "mixed", "tls", "down")
BOUNCING, BUSY, REFUSED = (f"vastaaja-{number}@mallila.example" for number in (3, 4, 5))
SENDER, QUOTA = "550 5.7.60 client does not have permissions to send as this sender", "552 5.2.2 quota exceeded"


@dataclass
class MisbehavingServer(SmtpServer):
    """Does ``fault``; "" is none. `broken_off` counts the connections that broke when a mail had been taken.

    `asked` tells that a receiver was named since it was cleared: a mail is in somebody's hands.

    `thinks`: for how many seconds before it lets the mail itself come, and then before it says that it has taken it.
    """

    fault: str = ""
    thinks: tuple[float, float] = (0.02, 0.05)
    broken_off: int = 0
    asked: threading.Event = field(default_factory=threading.Event, repr=False)
    tls: ssl.SSLContext | None = None
    running: Controller | None = field(default=None, repr=False)

    def begin(self, fault: str) -> None:
        """Listen, and do `fault`."""
        self.fault = fault
        if fault != "down":
            self._listen()

    def heal(self, tls: ssl.SSLContext | None = None) -> None:
        """From here on take every mail; who waits for an answer is hung up on. `tls` is for one that had another."""
        self.fault, self.thinks = "", (0.0, 0.02)
        if self.running is None or tls:
            self.end()
            self.tls = tls
            self._listen()

    def end(self) -> None:
        """Stop listening."""
        if self.running is not None:
            self.running.stop()
            self.running = None

    def _listen(self) -> None:
        self.running = Controller(self, hostname=self.host, port=self.port, tls_context=self.tls)
        self.running.start()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Answer to the sender."""
        reply = {"sender": SENDER, "432": "432 4.3.2 too many connections"}.get(self.fault, "250 ok")
        if reply.startswith("2"):
            envelope.mail_from = address
        return reply

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Answer to the receiver; slowly, in drops, or by hanging up."""
        self.asked.set()
        await asyncio.sleep(self._thinks()[0])
        if self.fault == "before":
            server.transport.abort()
        if self.fault == "drips":
            await self._drip(server)
        if self.fault in {"550", "mixed"} and address == BOUNCING:
            return "550 5.1.1 no such user"
        if self.fault == "450" or (self.fault == "mixed" and address == BUSY):
            return "450 4.2.0 greylisted"
        if self.fault == "421":
            return "421 4.7.0 slow down"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def _drip(self, server: Any) -> None:
        while self.fault == "drips":
            server.transport.write(b"2")
            await asyncio.sleep(0.2)
        server.transport.abort()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take the mail, then answer or hang up."""
        if self.fault == "quota":
            return QUOTA
        if self.fault == "mixed" and envelope.rcpt_tos == [REFUSED]:
            return "554 5.6.0 content refused"
        answer = await super().handle_DATA(server, session, envelope)
        if self.fault == "after":
            self.broken_off += 1
            server.transport.abort()
        await asyncio.sleep(self._thinks()[1])
        return answer

    def _thinks(self) -> tuple[float, float]:
        return (0.2, 0.2) if self.fault == "slow" else self.thinks
