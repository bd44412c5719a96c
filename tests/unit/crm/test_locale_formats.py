"""Days and clock times as babel writes them, from what was worked out before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale
from babel.dates import format_skeleton, format_time

from crm.values import locale_formats

DAYS = [date(2025, 12, 28) + timedelta(days=31 * step) for step in range(14)]


@pytest.mark.parametrize("language", ["en_GB", "en_US", "fr", "de", "sv", "ja"])
@pytest.mark.parametrize("skeleton", ["dMMM", "yMMMd", "EEE"])
def test_a_day_is_written_as_its_locale_does(language, skeleton):
    locale = Locale.parse(language)
    assert [locale_formats.day(skeleton, one, locale) for one in DAYS] == [
        format_skeleton(skeleton, one, locale=locale) for one in DAYS
    ]


@pytest.mark.parametrize("language", ["en_GB", "en_US", "fr", "sv"])
def test_a_clock_time_is_written_as_its_locale_does(language):
    locale = Locale.parse(language)
    for hour, minute in ((0, 0), (9, 5), (12, 30), (23, 59)):
        moment = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)
        assert locale_formats.clock(hour, minute, locale) == format_time(
            moment, "short", locale=locale
        )
