"""Every record type gets a nonsense name; then no page says the old one."""

import re
from html import unescape

import pytest
from django.utils import translation

from crm import clock, labels
from crm.models import Notification, RecordTypeLabel, RecordTypeName
from crm.notifications.kinds import every_kind
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.contract.building import make_record

pytestmark = pytest.mark.django_db

# Ordinary language that holds names of types, and the prefixes of numbers (a format of their own).
ORDINARY = re.compile(
    r"in order to|in which case|in case of|best case|lead to|leads nowhere|\b[A-Z]{3,4}-\d*", re.I
)
SHOWN_ATTRIBUTES = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')


def nonsense(number):
    letters = "bcdfghklmnprstvz"
    word = letters[number % 16] + "u" + letters[number * 7 % 16] + "ax" + letters[number * 3 % 16]
    return f"Q{word}o", f"Q{word}i"


@pytest.fixture
def old_names():
    """The present names, and every type called something else from now on."""
    with translation.override("en"):
        old = [(labels.singular(one.key), labels.plural(one.key)) for one in registry]
    for number, record_type in enumerate(registry):
        name, _created = RecordTypeName.objects.get_or_create(record_type=record_type.key)
        singular, plural = nonsense(number)
        RecordTypeLabel.objects.create(
            record_type=name, language="en", singular=singular, plural=plural
        )
    reset_cache_versions()
    words = sorted({word for pair in old for word in pair}, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", re.I)


def visible(page):
    """What a reader sees or hears of a page: text, and attributes that are read out."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.S)
    spoken = " ".join(SHOWN_ATTRIBUTES.findall(body))
    text = re.sub(r"<[^>]+>", " ", body)
    return ORDINARY.sub(" ", unescape(f"{text} {spoken}"))


def found(pattern, response):
    if response.streaming:
        text = b"".join(response.streaming_content).decode(errors="replace")
        text = text.splitlines()[0]
    else:
        text = visible(response.content.decode(errors="replace"))
    return {match[0] for match in pattern.finditer(text)}


def addresses(record_type, record):
    slug = record_type.slug
    yield f"/{slug}/"
    yield from (f"/{slug}/?view={view.key}" for view in record_type.views)
    yield from (f"/{slug}/{part}" for part in ("new/", "new/?panel=1", "bin/"))
    if record_type.board:
        yield f"/{slug}/board/"
    if record_type.has(Feature.IMPORT):
        yield f"/imports/new/{record_type.key}/"
    if record_type.has(Feature.EXPORT):
        yield f"/{slug}/export.csv"
    yield from (f"/{slug}/{record.pk}/{part}" for part in ("", "edit/", "?tab=history"))
    yield from (f"/{slug}/{record.pk}/?tab={p.key}" for p in record_type.panels if p.place == "tab")
    yield from (
        f"/{slug}/{record.pk}/{action.key}/"
        for action in record_type.actions
        if not action.works_on_many
    )


@pytest.mark.parametrize("record_type", [pytest.param(one, id=one.key) for one in registry])
def test_no_page_of_a_type_says_an_old_name(record_type, admin, sign_in, old_names):
    record = make_record(record_type.model, admin, called="Vexil Drumb")
    client = sign_in(admin)
    said = {}
    for address in addresses(record_type, record):
        response = client.get(address)
        if response.status_code == 200 and "pdf" not in response["Content-Type"]:
            old = found(old_names, response)
            if old:
                said[address] = old
    assert said == {}


def tell_everything(user, by):
    """Everything there is to tell, of one and of several records of every type."""
    data = {"job": 1, "file": "People.csv", "what": "won", "work": "note"}
    given = {"recipient": user, "actor": by, "at": clock.now(), "data": data}
    told = [(kind.key, one.key) for kind in every_kind() for one in registry]
    Notification.objects.bulk_create(
        Notification(kind=kind, record_type=key, record_id=number, count=count, **given)
        for place, (kind, key) in enumerate(told)
        for number, count in ((place, 1), (None, 2))
    )


def test_no_page_beside_the_types_says_an_old_name(
    admin, teammate, sign_in, old_names, monkeypatch
):
    monkeypatch.setattr("crm.notifications.views.SIZE", 2000)
    client = sign_in(admin)
    tell_everything(admin, by=teammate)
    said = {}
    for address in (
        *("/", "/search/", "/search/?q=vexil", "/recent/", "/preferences/", "/notifications/"),
        *("/settings/", "/settings/roles/", "/imports/", "/imports/new/user/"),
        *("/admin/", "/admin/crm/recordtypename/", "/admin/crm/numberseries/"),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        old = found(old_names, response)
        if old:
            said[address] = old
    assert said == {}


def test_a_renaming_shows_at_the_next_request_and_back(admin, sign_in):
    client = sign_in(admin)
    assert b"Accounts" in client.get("/accounts/").content
    name = RecordTypeName.objects.get(record_type="account")
    label = RecordTypeLabel.objects.create(
        record_type=name, language="en", singular="Company", plural="Companies"
    )
    page = client.get("/accounts/").content
    assert b"Companies" in page
    assert b"New company" in page
    assert b"Accounts" not in page
    label.delete()
    assert b"Accounts" in client.get("/accounts/").content
