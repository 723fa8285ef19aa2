"""The cache in production: Redis while it answers, this process's memory while it does not.

A web request never fails or waits because Redis is down. Failed sign-ins are counted in the cache, so going on without
any cache would lift that limit: while Redis is away each process counts for itself.
"""

import logging
import time
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 15.0
# redis-py would try again three times, with pauses.
_IMPATIENT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}
_METHODS = (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear",
)  # fmt: skip


class RedisOrMemory(BaseCache):
    """Django's Redis cache that asks memory instead for a while after Redis has failed."""

    # Shared by the threads of a process: one of them waits for a dead Redis, not each.
    _redis_back_at = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, {**params, "OPTIONS": _IMPATIENT})
        self._memory = LocMemCache("while-redis-is-away", params)

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= RedisOrMemory._redis_back_at:
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except RedisError as error:
                RedisOrMemory._redis_back_at = time.monotonic() + RETRY_AFTER_SECONDS
                logger.warning("Redis does not answer, memory serves as cache for a while: %s", error)
        return getattr(self._memory, method)(*args, **kwargs)


def _forwarding(method: str) -> Any:
    def forward(self: RedisOrMemory, *args: Any, **kwargs: Any) -> Any:
        return self._ask(method, *args, **kwargs)

    forward.__name__ = method
    return forward


for _name in _METHODS:
    setattr(RedisOrMemory, _name, _forwarding(_name))
