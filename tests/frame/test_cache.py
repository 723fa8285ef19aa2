"""Redis is gone: pages go on, at once, and failed sign-ins are still counted."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client, override_settings
from django.urls import reverse

from tests import make
from tests.smtp import free_port
from toimenpiteet.config.cache import RedisOrMemory

pytestmark = pytest.mark.once


def redis_cache(url: str) -> dict[str, Any]:
    return {"default": {"BACKEND": "toimenpiteet.config.cache.RedisOrMemory", "LOCATION": url}}


@pytest.fixture(autouse=True)
def _redis_was_well_before() -> Iterator[None]:
    RedisOrMemory._redis_back_at = 0.0
    yield
    RedisOrMemory._redis_back_at = 0.0
    LocMemCache("while-redis-is-away", {}).clear()


@pytest.fixture
def without_redis() -> Iterator[None]:
    with override_settings(CACHES=redis_cache(f"redis://127.0.0.1:{free_port()}/0")):
        yield


@pytest.mark.usefixtures("without_redis")
@pytest.mark.django_db
def test_signing_in_works_without_redis(client: Client) -> None:
    person = make.user("Matti", email="matti@kunta.example", password="viisi-sanaa-tahan")
    started = time.monotonic()

    answer = client.post(reverse("account_login"), {"login": person.email, "password": "viisi-sanaa-tahan"})

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("without_redis")
@pytest.mark.django_db
def test_failed_sign_ins_are_limited_without_redis(client: Client) -> None:
    person = make.user("Matti", email="matti@kunta.example", password="viisi-sanaa-tahan")
    address = reverse("account_login")
    for _ in range(12):
        client.post(address, {"login": person.email, "password": "wrong"})

    client.post(address, {"login": person.email, "password": "viisi-sanaa-tahan"})

    assert "_auth_user_id" not in client.session


def test_a_redis_that_does_not_answer_is_waited_for_once(settings: Any) -> None:
    # 192.0.2.1 is nobody's (RFC 5737): no answer at all is worse than a refusal.
    settings.CACHES = redis_cache("redis://192.0.2.1:6379/0")
    started = time.monotonic()

    for number in range(20):
        caches["default"].set("key", number)

    assert caches["default"].get("key") == 19
    assert time.monotonic() - started < 1.5


@pytest.mark.needs_redis
def test_redis_is_used_while_it_answers(redis_url: str) -> None:
    with override_settings(CACHES=redis_cache(redis_url)):
        caches["default"].set("key", "value", timeout=60)
        caches["default"].add("count", 1)
        caches["default"].incr("count")

        assert caches["default"].get_many(["key", "count"]) == {"key": "value", "count": 2}
        assert redis.Redis.from_url(redis_url).dbsize() == 3  # with the test's claim
