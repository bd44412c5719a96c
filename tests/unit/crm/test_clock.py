"""The moment it is, held or not."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm import clock

LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def test_a_held_moment_is_the_same_at_every_reading():
    with clock.held() as moment:
        assert clock.now() == moment
        assert clock.now() == moment
    assert clock.now() > moment


def test_today_is_the_readers_day():
    with clock.held(LATE):
        assert clock.today(ZoneInfo("Europe/Paris")) == date(2026, 3, 2)
        assert clock.today(ZoneInfo("America/New_York")) == date(2026, 3, 1)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"), clock.held(datetime(2026, 3, 1)):  # noqa: DTZ001
        pass
