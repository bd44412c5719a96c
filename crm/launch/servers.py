"""The servers of DATABASE_URL and REDIS_URL: can they be reached, and are they new enough?"""

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict

from crm.launch.faults import LaunchError

OLDEST_POSTGRES = 15


def check_postgres(url: str) -> None:
    """Name the server in errors, never the URL: it holds the password."""
    try:
        place = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise LaunchError(
            "DATABASE_URL is not a URL like postgresql://user:password@host:5432/database."
        ) from None
    host = f"{place.get('host', 'the local socket')}:{place.get('port', 5432)}"
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise LaunchError(f"DATABASE_URL: PostgreSQL at {host} refused: {reason}") from None
    if version < OLDEST_POSTGRES:
        raise LaunchError(
            f"DATABASE_URL: PostgreSQL at {host} is version {version}; "
            f"{OLDEST_POSTGRES} or later is needed."
        )


def check_redis(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
    except ValueError:
        raise LaunchError("REDIS_URL is not a URL like redis://host:6379/0.") from None
    place = client.connection_pool.connection_kwargs
    host = place.get("path") or f"{place.get('host', 'localhost')}:{place.get('port', 6379)}"
    try:
        client.ping()
    except redis.RedisError as error:
        raise LaunchError(f"REDIS_URL: Redis at {host} refused: {error}") from None
    finally:
        client.close()
