"""Lists and headers say what is late: by shape, word and colour, while it matters."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from crm import clock
from crm.models import Activity
from crm.records.lists.lateness import has_passed
from tests.factories.opportunities import make_opportunity
from tests.markup import tight

pytestmark = pytest.mark.django_db

LATE = re.compile(
    r'<span class="late"><svg [^>]*aria-hidden="true">.*?</svg>(?:<time[^>]*>)?([^<]*)(?:</time>)?'
    r'<span class="visually-hidden">, ([^<]*)</span></span>'
)


def page(client, address):
    return tight(client.get(address).content.decode())


def test_an_open_deal_past_its_close_date_is_overdue_and_one_of_today_is_not(owner, sign_in):
    today = clock.today(UTC)
    make_opportunity(owner, name="Late", est_close_on=today - timedelta(days=1))
    make_opportunity(owner, name="Due", est_close_on=today)
    make_opportunity(owner, name="Undated", est_close_on=None)
    lost = {"state": "lost", "reason": "canceled", "forecast": "lost", "closed_on": today}
    make_opportunity(owner, name="Gone", est_close_on=today - timedelta(days=1), **lost)
    client = sign_in(owner)
    listed = page(client, "/opportunities/?view=all&cols=name,est_close_on")
    assert [word for _day, word in LATE.findall(listed)] == ["overdue"]


def test_the_header_of_a_record_says_it_too(owner, sign_in):
    late = make_opportunity(owner, est_close_on=clock.today(UTC) - timedelta(days=1))
    head = page(sign_in(owner), f"/opportunities/{late.pk}/").split('<dl class="keys">')[1]
    assert [word for _day, word in LATE.findall(head.split("</dl>")[0])] == ["overdue"]
    assert '<span class="missing">' in head.split("</dl>")[0]


def test_an_open_deal_without_next_step_is_marked_and_a_closed_one_is_not(owner, sign_in):
    make_opportunity(owner)
    lost = {"state": "lost", "reason": "canceled", "forecast": "lost"}
    make_opportunity(owner, closed_on=clock.today(UTC), **lost)
    listed = page(sign_in(owner), "/opportunities/?view=all&cols=name,next_step_at")
    assert listed.count('<span class="missing">') == 1
    assert "No next step</span>" in listed


def test_open_work_is_overdue_a_moment_after_it_was_due(owner, sign_in):
    now = clock.now()
    for minutes, state in ((-1, "open"), (60, "open"), (-1, "completed")):
        at = now + timedelta(minutes=minutes)
        Activity.objects.create(
            owner=owner, kind="task", subject="Call", due_at=at, happened_at=at, state=state
        )
    listed = page(sign_in(owner), "/activities/?view=all")
    assert len(LATE.findall(listed)) == 1


def test_a_day_passes_when_it_is_over_and_a_moment_at_once():
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert not has_passed(now.date(), now.date(), now)
    assert has_passed(now.date() - timedelta(days=1), now.date(), now)
    assert has_passed(now - timedelta(seconds=1), now.date(), now)
    assert not has_passed(now, now.date(), now)
