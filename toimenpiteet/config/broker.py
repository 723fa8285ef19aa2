"""The embedded broker: kombu's filesystem transport, made safe against reading a message that is half written.

kombu 5.7 creates a message under its final name and fills it afterwards; a worker that looks in between finds an empty
file and dies (tests/frame/test_broker.py). Here a message appears only when it is whole.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu's channel with messages that appear at once."""

    # kombu's own two base classes disagree on the signature.
    def _put(self, queue: str, payload: dict[str, Any], **_kwargs: Any) -> None:  # type: ignore[override]  # the library passes more by name than it declares
        final = Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        # The reader takes only names that end in the queue's name and .msg.
        draft = final.with_name(f"{final.name}.part")
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.rename(final)


class Transport(filesystem.Transport):
    """kombu's transport with the channel above."""

    Channel = Channel
