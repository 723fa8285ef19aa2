"""A mail server that also breaks off."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.smtp import SmtpServer


@dataclass
class TroubledServer(SmtpServer):
    """Beside what SmtpServer does: ``sender_reply`` answers MAIL, and ``breaks_off`` ends the connection.

    ``breaks_off`` "before" does it when a receiver is named, "after" when the mail has been taken, without a word;
    ``breaks_off_for`` limits the first to one address. With ``drips`` it answers RCPT a byte at a time.
    """

    sender_reply: str = "250 2.1.0 ok"
    breaks_off: str = ""
    breaks_off_for: str = ""
    drips: bool = False
    dripped_for: float = 20.0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Answer as ``sender_reply`` says."""
        if self.sender_reply.startswith("2"):
            envelope.mail_from = address
        return self.sender_reply

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Hang up, or answer as SmtpServer."""
        if self.breaks_off == "before" and self.breaks_off_for in {"", address}:
            server.transport.abort()
        if self.drips:
            await self._drip(server)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def _drip(self, server: Any) -> None:
        """Say a byte at a time of an answer that never ends."""
        for _byte in range(int(self.dripped_for * 10)):
            if server.transport is None or server.transport.is_closing():
                return
            server.transport.write(b"2")
            await asyncio.sleep(0.1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take the mail as SmtpServer, then maybe hang up."""
        answer = await super().handle_DATA(server, session, envelope)
        if self.breaks_off == "after":
            server.transport.abort()
        return answer
