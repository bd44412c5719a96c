"""What /healthz looks at: everything a request needs, and nothing that costs."""

from collections.abc import Callable
from contextlib import suppress

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

WORKER_KEY = "crm:worker-alive"
WORKER_SILENCE_SECONDS = 30


class _Seen:
    migrated = False


_seen = _Seen()


class HealthMiddleware:
    """Answers before anything asks for HTTPS or a known host: a probe calls by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return healthz(request)
        return self.get_response(request)


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    checks = {"database": database_answers(), "migrations": False, "redis": redis_answers()}
    if checks["database"]:
        checks["migrations"] = migrations_applied()
    if settings.HEALTH_NEEDS_WORKER:
        checks["worker"] = checks["redis"] and worker_is_alive()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations_applied() -> bool:
    """A process that saw every migration applied need not look again: its code doesn't change."""
    if not _seen.migrated:
        executor = MigrationExecutor(connection)
        _seen.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen.migrated


def redis_answers() -> bool:
    with redis_client() as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def worker_is_alive() -> bool:
    with redis_client() as client:
        try:
            return bool(client.exists(WORKER_KEY))
        except redis.RedisError:
            return False


def note_worker_alive() -> None:
    """Called at each heartbeat of a worker; a worker without a broker has nothing to say."""
    with redis_client() as client, suppress(redis.RedisError):
        client.set(WORKER_KEY, 1, ex=WORKER_SILENCE_SECONDS)


def note_worker_gone() -> None:
    with redis_client() as client, suppress(redis.RedisError):
        client.delete(WORKER_KEY)


def redis_client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
