"""A record beside the list it stands in."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.activities.services import log_activity
from crm.models import Activity, RecentRecord
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.markup import tight

pytestmark = pytest.mark.django_db

PANE = {"HX-Request": "true", "HX-Target": "preview"}
TYPES = [pytest.param(one, id=one.key) for one in registry]


@pytest.fixture
def page(owner, sign_in):
    client = sign_in(owner)

    def fetch(address, **headers):
        response = client.get(address, headers=headers)
        response.text_ = tight(response.content.decode())
        return response

    return fetch


def pane_of(response):
    return response.text_.split('<div id="preview">')[1].split("</aside>")[0]


def test_without_being_asked_for_the_pane_is_empty(page, owner):
    make_account(owner)
    assert pane_of(page("/accounts/")).strip() == "</div>"


def test_the_pane_says_what_one_wants_to_know_before_opening_it(page, owner, as_actor):
    account = make_account(
        owner, name="Castellan Pharma", city="Bordeaux", industry="energy", phone="+33 5"
    )
    actor = as_actor(owner)
    for number in range(5):
        values = {"kind": Activity.Kind.TASK, "subject": f"Task {number}"}
        log_activity(actor=actor, regarding=account, values=values)
        log_activity(
            actor=actor, regarding=account, values={"kind": "note", "body": f"Note {number}"}
        )
    shown = pane_of(page(f"/accounts/?view=all&sort=name&preview={account.pk}"))
    assert '<h2 id="preview-title" tabindex="-1">Castellan Pharma</h2>' in shown
    assert "Prospect" in shown
    assert "<dt>Owner</dt>" in shown
    assert re.search(r"<dt>City</dt><dd>Bordeaux</dd>", shown)
    assert len(re.findall(r"Task \d", shown)) == 3
    assert shown.count("wrote a note") == 4
    assert f'href="/accounts/{account.pk}/"' in shown
    assert f'href="/accounts/{account.pk}/edit/"' in shown
    assert 'href="?view=all&amp;sort=name" data-close-preview' in shown
    assert 'href="?sort=' not in shown


def test_the_row_in_the_pane_is_marked_and_every_row_leads_to_its_own(page, owner):
    first, second = make_account(owner, name="One"), make_account(owner, name="Two")
    text = page(f"/accounts/?view=all&preview={first.pk}").text_
    assert text.count('data-row class="on"') == 1
    row = text.split('data-row class="on"')[1].split("</tr>")[0]
    assert f'href="/accounts/{first.pk}/"' in row
    peek = f'<a class="peek" href="?view=all&amp;preview={second.pk}" title="Preview Two"></a>'
    assert peek in text


def test_asked_for_alone_the_pane_comes_without_the_list(page, owner):
    account = make_account(owner)
    response = page(f"/accounts/?preview={account.pk}", **PANE)
    assert response.text_.startswith('<div id="preview"><section class="preview"')
    assert "<table" not in response.text_


def test_the_pane_stays_while_one_sorts_and_pages_and_leaves_exports_alone(page, owner):
    accounts = [make_account(owner, name=f"Firm {n:02}") for n in range(51)]
    text = page(f"/accounts/?sort=name&preview={accounts[0].pk}").text_
    kept = f"preview={accounts[0].pk}"
    assert kept in re.search(r'id="sort-city" href="([^"]+)"', text)[1]
    assert kept in re.search(r'rel="next" href="([^"]+)"', text)[1]
    assert 'href="/accounts/export.csv?sort=name"' in text


def test_what_is_not_there_and_what_is_hidden_look_the_same(page, owner, stranger):
    hidden = make_account(stranger, name="Secret Works")
    gone = hidden.pk + 1000
    answers = set()
    for one in (hidden.pk, gone, "nonsense", "9" * 40):
        response = page(f"/accounts/?preview={one}")
        assert response.status_code == 200, one
        assert "Secret Works" not in response.text_
        answers.add(pane_of(response))
        assert page(f"/accounts/?preview={one}", **PANE).status_code == 404
    assert len(answers) == 1
    assert "This record does not exist, or you may not see it." in answers.pop()


def test_a_link_to_a_hidden_record_does_not_say_its_name(page, owner, stranger):
    hidden = make_account(stranger, name="Secret Works")
    contact = make_contact(owner, account=hidden)
    for address in (f"/contacts/?preview={contact.pk}", f"/contacts/{contact.pk}/"):
        response = page(address)
        assert response.status_code == 200
        assert "Secret Works" not in response.text_, address
        assert "a record you may not see" in response.text_, address


def test_who_may_not_write_is_not_offered_to_edit(page, owner, agent, sign_in):
    account = make_account(owner)
    text = tight(sign_in(agent).get(f"/accounts/?view=all&preview={account.pk}").content.decode())
    assert f'data-preview="{account.pk}"' in text
    assert f"/accounts/{account.pk}/edit/" not in text


def test_looking_is_no_visit_and_changes_nothing(page, owner):
    account = make_account(owner)
    with nothing_changes():
        page(f"/accounts/?preview={account.pk}")
        page(f"/accounts/?preview={account.pk}", **PANE)
    assert not RecentRecord.objects.filter(record_id=account.pk).exists()


@pytest.mark.parametrize("record_type", TYPES)
def test_every_type_has_a_preview(record_type, admin, sign_in):
    record = make_record(record_type.model, admin)
    response = sign_in(admin).get(f"/{record_type.slug}/?preview={record.pk}", headers=PANE)
    assert response.status_code == 200
    assert f'data-preview="{record.pk}"' in tight(response.content.decode())
    assert f'href="/{record_type.slug}/{record.pk}/"' in tight(response.content.decode())


def test_the_pane_alone_takes_a_fixed_number_of_queries(owner, sign_in, as_actor):
    account, client = make_account(owner), sign_in(owner)
    actor = as_actor(owner)
    for number in range(30):
        for kind in ("note", "task"):
            log_activity(
                actor=actor, regarding=account, values={"kind": kind, "subject": f"{number}"}
            )
        make_contact(owner, account=account, last_name=f"Name {number}")
    client.get(f"/accounts/?preview={account.pk}", headers=PANE)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/accounts/?preview={account.pk}", headers=PANE)
    assert len(asked) == 6
