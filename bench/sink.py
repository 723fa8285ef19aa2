"""``python -m bench.sink PORT``: a mail server on 127.0.0.1 that takes every mail and keeps none."""

import signal
import sys
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Takes everything."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a mail."""
        return "250 ok"


if __name__ == "__main__":
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    signal.pause()
