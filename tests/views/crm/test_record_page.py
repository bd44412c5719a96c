"""The page of one record, on accounts and on activities."""

import pytest

from crm.activities.services import log_activity
from crm.labels import names
from crm.models import Activity, RecentRecord
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def test_the_page_shows_title_status_key_fields_and_sections(owner, sign_in):
    account = make_account(owner, name="Nordfjord Energi", city="Bergen", employees=1200)
    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/"))
    assert "<h1>Nordfjord Energi</h1>" in page
    assert account.number in page
    assert "1,200" in page
    assert "Bergen" in page
    assert f'href="/accounts/{account.pk}/edit/"' in page


def test_a_record_one_may_not_see_is_not_there(owner, stranger, sign_in):
    account = make_account(owner, name="Nordfjord Energi")
    answer = sign_in(stranger).get(f"/accounts/{account.pk}/")
    assert answer.status_code == 404
    assert b"Nordfjord" not in answer.content


def test_who_may_only_read_sees_no_command_that_writes(owner, teammate, sign_in):
    account = make_account(owner)
    page = text_of(sign_in(teammate).get(f"/accounts/{account.pk}/"))
    assert f"/accounts/{account.pk}/edit/" not in page
    assert f"/accounts/{account.pk}/delete/" not in page
    assert f"/accounts/{account.pk}/assign/" not in page


def test_signed_out_the_page_leads_to_the_log_in(owner, client):
    account = make_account(owner, name="Nordfjord Energi")
    answer = client.get(f"/accounts/{account.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/user/login/?next=/accounts/{account.pk}/"


def test_a_page_costs_the_same_queries_however_much_happened(
    owner, sign_in, django_assert_num_queries, as_actor
):
    account = make_account(owner)
    places = [account, make_contact(owner, account=account)]
    places.append(make_opportunity(owner, account=account))
    for number in range(30):
        log_activity(
            actor=as_actor(owner),
            regarding=places[number % 3],
            values={"kind": "note", "body": f"Note {number}"},
        )
    client = sign_in(owner)
    client.get(f"/accounts/{account.pk}/")
    with django_assert_num_queries(10):
        client.get(f"/accounts/{account.pk}/")


def test_an_unknown_tab_is_not_found(owner, sign_in):
    account = make_account(owner)
    assert sign_in(owner).get(f"/accounts/{account.pk}/?tab=secrets").status_code == 404


@pytest.mark.parametrize("tab", ["files", "history", "access"])
def test_every_tab_opens(owner, sign_in, tab):
    account = make_account(owner)
    assert sign_in(owner).get(f"/accounts/{account.pk}/?tab={tab}").status_code == 200


def test_opening_a_record_remembers_it_once(owner, sign_in):
    account = make_account(owner, name="Nordfjord Energi")
    client = sign_in(owner)
    for _time in range(2):
        client.get(f"/accounts/{account.pk}/")
    assert RecentRecord.objects.get().title == "Nordfjord Energi"
    assert "Nordfjord Energi" in text_of(client.get("/recent/"))


def test_recent_records_out_of_sight_are_not_named(owner, stranger, sign_in):
    account = make_account(owner, name="Nordfjord Energi")
    client = sign_in(owner)
    client.get(f"/accounts/{account.pk}/")
    account.owner = stranger
    account.save()
    assert "Nordfjord" not in text_of(client.get("/recent/"))


def test_a_closed_activity_says_why_it_can_not_be_edited(owner, sign_in, as_actor):
    note = log_activity(
        actor=as_actor(owner), regarding=None, values={"kind": "note", "body": "Hi"}
    )
    client = sign_in(owner)
    page = text_of(client.get(f"/activities/{note.pk}/"))
    assert "is closed and can't be changed" in page.replace("&#x27;", "'")
    assert f"/activities/{note.pk}/edit/" not in page
    assert client.get(f"/activities/{note.pk}/edit/").status_code == 302


def test_an_activity_names_the_record_it_is_about(owner, sign_in, as_actor):
    account = make_account(owner, name="Nordfjord Energi")
    task = log_activity(
        actor=as_actor(owner),
        regarding=account,
        values={"kind": "task", "subject": "Call back"},
    )
    page = text_of(sign_in(owner).get(f"/activities/{task.pk}/"))
    assert f'<a href="/accounts/{account.pk}/">Nordfjord Energi</a>' in page


def test_renamed_types_are_called_so_everywhere_on_the_page(owner, sign_in):
    from crm.models import RecordTypeLabel

    account = make_account(owner, name="Nordfjord Energi")
    RecordTypeLabel.objects.update_or_create(
        record_type_id="account",
        language="en",
        defaults={"singular": "Wibble", "plural": "Wibbles"},
    )
    client = sign_in(owner)
    for path in (f"/accounts/{account.pk}/", f"/accounts/{account.pk}/edit/", "/accounts/new/"):
        page = client.get(path).content.decode()
        assert "Wibble" in page
        assert ">Account" not in page
    assert names.singular("account") == "Wibble"


def test_the_frame_offers_only_what_one_may_read_and_create(owner, agent, sign_in):
    page = text_of(sign_in(agent).get("/"))
    assert 'href="/leads/new/"' not in page
    assert 'href="/contacts/new/"' in page


def test_activities_have_no_timeline_of_their_own(owner, sign_in, as_actor):
    note = log_activity(
        actor=as_actor(owner), regarding=None, values={"kind": "note", "body": "Hi"}
    )
    client = sign_in(owner)
    assert client.get(f"/activities/{note.pk}/timeline/").status_code == 404
    assert client.post(f"/activities/{note.pk}/compose/", {"kind": "note"}).status_code == 404
    assert Activity.objects.count() == 1
