"""What /healthz looks at: everything a request needs, and nothing that costs."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache


class _Seen:
    migrated = False


_seen = _Seen()


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    checks = {
        "database": database_answers(),
        "migrations": False,
        "redis": redis_answers(),
    }
    if checks["database"]:
        checks["migrations"] = migrations_applied()
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
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
