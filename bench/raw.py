"""The floor under the floors: a transaction that locks and changes two rows, through psycopg and nothing else."""

import multiprocessing
import sys
import threading
import time
from datetime import UTC, datetime

import psycopg

_LOCK = "SELECT id, version FROM bench_row WHERE id IN (%s, %s) FOR UPDATE"
_CHANGE = "UPDATE bench_row SET version = %s, changed_at = %s WHERE id = %s"


def _work(url: str, number: int, seconds: float, done: list[int]) -> None:
    with psycopg.connect(url) as connection:
        # From here on: starting a process and a connection is nobody's transaction.
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with connection.transaction():
                for pk, version in connection.execute(_LOCK, (2 * number + 1, 2 * number + 2)).fetchall():
                    connection.execute(_CHANGE, (version + 1, datetime.now(UTC), pk))
            done[number] += 1


def _process(url: str, numbers: range, seconds: float) -> int:
    done = [0] * (numbers.stop)
    workers = [threading.Thread(target=_work, args=(url, number, seconds, done)) for number in numbers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done)


def per_second(url: str, processes: int, threads: int, seconds: float) -> float:
    """Return transactions per second with as many processes and threads as the server has."""
    jobs = [(url, range(first, first + threads), seconds) for first in range(0, processes * threads, threads)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return sum(pool.starmap(_process, jobs)) / seconds


if __name__ == "__main__":
    address, processes, threads, seconds = sys.argv[1:]
    sys.stdout.write(f"{per_second(address, int(processes), int(threads), float(seconds))}\n")
