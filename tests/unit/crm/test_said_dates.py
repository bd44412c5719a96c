"""Dates and moments as people say them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from crm.templatetags.ui import browser_name
from crm.ui.parts import day, distance, file_size, initials, moment

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)  # a Thursday


@pytest.fixture(autouse=True)
def _on_a_thursday():
    with time_machine.travel(NOON, tick=False), timezone.override(ZoneInfo("Europe/Paris")):
        yield


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 11, 19, 14, 5, tzinfo=UTC), "Today 15:05"),
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "Tomorrow 10:30"),
        (datetime(2026, 11, 18, 22, 30, tzinfo=UTC), "Yesterday 23:30"),
        (datetime(2026, 11, 23, 8, 30, tzinfo=UTC), "Mon 09:30"),
        (datetime(2026, 12, 3, 8, 30, tzinfo=UTC), "3 Dec 09:30"),
        (datetime(2027, 12, 3, 8, 30, tzinfo=UTC), "3 Dec 2027 09:30"),
    ],
)
def test_a_moment_is_said_the_nearer_the_shorter(value, said):
    assert f">{said}</time>" in moment(value)


def test_the_exact_moment_is_there_on_hover():
    shown = moment(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert 'datetime="2026-11-23T09:30:00+01:00"' in shown
    assert 'title="Monday, 23 November 2026, 09:30"' in shown


def test_the_same_moment_reads_otherwise_in_another_zone_language_or_day():
    value = datetime(2026, 11, 19, 14, 5, tzinfo=UTC)
    assert ">Today 15:05</time>" in moment(value)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ">Today 23:05</time>" in moment(value)
    with translation.override("fr"):
        assert 'title="jeudi 19 novembre 2026' in moment(value)
    with time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False):
        assert ">Yesterday 15:05</time>" in moment(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2026, 11, 19), "today"),
        (date(2026, 11, 27), "in 8 days"),
        (date(2026, 11, 20), "tomorrow"),
        (date(2026, 11, 16), "3 days ago"),
    ],
)
def test_a_distance_is_said_in_days(value, said):
    assert distance(value) == said


def test_a_day_names_its_year_only_when_it_is_far():
    assert ">28 Nov</time>" in day(date(2026, 11, 28))
    assert ">28 Nov 2028</time>" in day(date(2028, 11, 28))


def test_a_day_is_said_in_the_readers_language():
    with translation.override("fr"):
        assert ">28 nov.</time>" in day(date(2026, 11, 28))


def test_nothing_is_said_of_no_date():
    assert (day(None), moment(None), distance(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("name", "letters"), [("Ines Moreau", "IM"), ("Service", "SE"), ("Jean-Luc van Dam", "JD")]
)
def test_a_face_shows_first_and_last_initial(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("count", "said"), [(840, "840 B"), (1_400, "1.4 kB"), (2_400_000, "2.4 MB")]
)
def test_a_file_size_is_short(count, said):
    assert file_size(count) == said


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),  # noqa: E501
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),  # noqa: E501
        ("curl/8.5", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_by_browser_and_system(agent, said):
    assert browser_name(agent) == said
