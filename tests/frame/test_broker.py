"""The embedded broker: a message is whole or not there."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection

from toimenpiteet.config.broker import Transport


def channel(folder: Path) -> Any:
    folders = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    return Connection(transport=Transport, transport_options=folders).channel()


def test_a_reader_never_meets_a_half_written_message(tmp_path: Path) -> None:
    """With kombu's own way of writing this fails within a few hundred messages."""
    writer, reader = channel(tmp_path), channel(tmp_path)
    sent = [{"body": "x" * 20_000, "number": number} for number in range(500)]
    writing = threading.Thread(target=lambda: [writer._put("celery", message) for message in sent])
    received: list[Any] = []

    writing.start()
    while writing.is_alive() or list(tmp_path.glob("*.celery.msg")):
        try:
            received.append(reader._get("celery"))
        except Empty:
            continue
    writing.join()

    assert sorted(message["number"] for message in received) == list(range(500))
    assert list(tmp_path.iterdir()) == []


def test_messages_come_in_the_order_in_which_they_were_sent(tmp_path: Path) -> None:
    broker = channel(tmp_path)
    for number in range(5):
        broker._put("celery", {"number": number})

    assert [broker._get("celery")["number"] for _ in range(5)] == list(range(5))
