"""The frame around pages: drawn once, and anew as soon as anything it shows is another."""

import re

import pytest

from crm.labels import plural
from crm.models import CompanySettings, RecordTypeLabel, Role
from tests.markup import tight
from tests.people import make_user

pytestmark = pytest.mark.django_db


def entries(client, address="/accounts/"):
    """The site map as (words, is current) pairs."""
    text = tight(client.get(address).content.decode())
    found = re.search(r'<nav class="map".*?</nav>', text, re.DOTALL)
    links = re.findall(
        r'<a href="/[^"]*"( aria-current="page")?>(?:(?!<a ).)*"cut">([^<]*)</span>', found[0]
    )
    return [(words, bool(current)) for current, words in links]


def current(client, address):
    return [words for words, is_current in entries(client, address) if is_current]


def test_the_page_one_is_on_is_marked(owner, sign_in):
    client = sign_in(owner)
    assert current(client, "/accounts/") == ["Accounts"]
    assert current(client, "/contacts/") == ["Contacts"]
    assert current(client, "/") == ["Today"]
    assert current(client, "/accounts/") == ["Accounts"]


def test_everybody_sees_a_map_of_their_own(owner, north, sign_in):
    assert ("Accounts", False) in entries(sign_in(owner), "/")
    assert entries(sign_in(make_user("nobody", north)), "/") == [("Today", True)]
    assert ("Accounts", False) in entries(sign_in(owner), "/")


def test_a_role_taken_away_takes_its_places_away_at_once(owner, sign_in):
    client = sign_in(owner)
    assert ("Accounts", False) in entries(client, "/")
    Role.objects.get(profile="sales_rep").holders.remove(owner)
    assert entries(client, "/") == [("Today", True)]


def test_another_name_shows_at_once(owner, sign_in):
    client = sign_in(owner)
    assert ("Accounts", False) in entries(client, "/")
    RecordTypeLabel.objects.update_or_create(
        record_type_id="account", language="en", defaults={"singular": "Firm", "plural": "Firms"}
    )
    CompanySettings.objects.update_or_create(pk=1, defaults={"name": "Aurelis"})
    response = client.get("/contacts/")
    assert ("Firms", False) in entries(client, "/")
    assert '<span class="cut">Aurelis</span>' in tight(response.content.decode())
    assert plural("account") == "Firms"


def test_everybody_has_their_own_language(owner, teammate, sign_in):
    teammate.language = "fr"
    teammate.save(update_fields=["language"])
    text = tight(sign_in(owner).get("/").content.decode())
    assert '<html lang="en"' in text
    assert 'lang="en" title="English" aria-pressed="true"' in text
    text = tight(sign_in(teammate).get("/").content.decode())
    assert '<html lang="fr"' in text
    assert 'lang="fr" title="Français" aria-pressed="true"' in text
