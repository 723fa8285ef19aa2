"""A copy of this process for a job of its own: for the benchmark, and for tests that kill workers."""

import os
from collections.abc import Callable
from typing import Any


def fork(job: Callable[[], Any]) -> int:
    """Start `job` in a process of its own, with connections of its own; return its id. Needs Django set up."""
    from django.db import connections  # noqa: PLC0415  # whoever imports this may not have set Django up yet

    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        job()
        code = 0
    finally:
        # Whatever happens, the copy of this process ends here.
        os._exit(code)
