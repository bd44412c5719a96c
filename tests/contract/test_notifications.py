"""What is told of a record of any type, to anybody: its title is for those who may see it."""

import pytest
from django.core import mail

from crm import clock
from crm.models import Notification, User
from crm.notifications.kinds import every_kind
from crm.notifications.mailing import send_waiting
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.oracle import may
from tests.contract.test_surfaces import PEOPLE, every_type
from tests.contract.watching import nothing_changes

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
CALLED = "Zyxwut Quorble"
DATA = {"job": 1, "file": "people.csv", "what": "won", "work": "note"}


everybody = pytest.mark.parametrize("person", PEOPLE, indirect=True)


@pytest.fixture
def person(request, owner, teammate, stranger, manager, agent, marketer, admin):
    return request.getfixturevalue(request.param)


def tell(user, record, kind="assigned", **values):
    given = {"record_type": record.type_key(), "record_id": record.pk, "data": DATA, **values}
    return Notification.objects.create(recipient=user, kind=kind, at=clock.now(), **given)


@everybody
@every_type
def test_a_notification_names_its_record_to_who_may_read_it_only(
    record_type,
    person,
    owner,
    sign_in,
):
    record = make_record(record_type.model, owner, CALLED)
    title, address = str(record), f"/{record_type.slug}/{record.pk}/"
    Notification.objects.all().delete()
    row, client = tell(person, record, mail="pending"), sign_in(person)
    is_seen = may(person, record_type.key, "read")
    pages = [
        client.get("/notifications/"),
        client.get("/notifications/?show=unread"),
        client.get("/notifications/menu/", headers=HTMX),
        client.post(f"/notifications/{row.pk}/unread/", headers=HTMX),
    ]
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert ((address in text), (title in text)) == (is_seen, is_seen)
    send_waiting()
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert [title in letter for letter in letters] == [True] * is_seen


@every_type
def test_a_record_in_the_bin_is_named_to_nobody(record_type, admin, sign_in):
    record = make_record(record_type.model, admin, CALLED)
    Notification.objects.all().delete()
    tell(admin, record)
    record_type.model.objects.filter(pk=record.pk).update(deleted_at=clock.now())
    page = sign_in(admin).get("/notifications/").content.decode()
    assert f"/{record_type.slug}/{record.pk}/" not in page
    assert CALLED not in page


@everybody
def test_nobody_reads_or_marks_what_somebody_else_was_told(person, owner, sign_in):
    somebody = User.objects.exclude(pk=person.pk).order_by("pk").first()
    record = make_record(registry.get("account").model, owner, CALLED)
    theirs, client = tell(somebody, record, mail="pending"), sign_in(person)
    with nothing_changes():
        for verb in ("read", "unread"):
            for headers in ({}, HTMX):
                address = f"/notifications/{theirs.pk}/{verb}/"
                assert client.post(address, headers=headers).status_code == 404
        client.post("/notifications/read/", {"newest": theirs.pk})
        client.post("/notifications/read/", {"newest": theirs.pk, "recipient": somebody.pk})
        assert f"notification-{theirs.pk}" not in client.get("/notifications/").content.decode()
        assert client.get("/notifications/count/?seen=5").json()["count"] == 0


@pytest.mark.parametrize("kind", [pytest.param(one.key, id=one.key) for one in every_kind()])
@every_type
def test_every_kind_of_every_type_is_a_sentence(record_type, kind, admin, sign_in):
    record = make_record(record_type.model, admin, CALLED)
    Notification.objects.all().delete()
    tell(admin, record, kind, actor=admin)
    tell(admin, record, kind, actor=None, record_id=None, count=3)
    text = sign_in(admin).get("/notifications/").content.decode()
    assert text.count('class="notice-row"') == 2
    assert "%(" not in text


def test_a_kind_that_is_gone_with_its_app_breaks_no_page(admin, sign_in):
    record = make_record(registry.get("account").model, admin, CALLED)
    tell(admin, record, "of_an_app_no_longer_there")
    tell(admin, record, "assigned", record_type="of_an_app_no_longer_there")
    text = sign_in(admin).get("/notifications/").content.decode()
    assert text.count('class="notice-row"') == 2
