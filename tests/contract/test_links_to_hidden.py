"""A record links to records its reader may not see: no surface tells their names."""

import io

import pytest
from django.db import IntegrityError, models, transaction
from pypdf import PdfReader

from crm.models import Record
from crm.records.editing import editable_columns
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.outsiders import links_of, make_outsider

pytestmark = pytest.mark.django_db

HIDDEN = "Qvorzhidden"
TYPES = [pytest.param(record_type, id=record_type.key) for record_type in registry]
every_type = pytest.mark.parametrize("record_type", TYPES)


@pytest.fixture
def outsider(company):
    return make_outsider(company)


def make_hidden(model, owner, **values):
    """A record of somebody else; all its texts hold the word that nobody else may read."""
    record = make_record(model, owner, HIDDEN, **values)
    texts = {
        field.attname: f"{HIDDEN}"[: field.max_length or 40]
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.generated
        and field.name not in ("number", "external_id", "search_text", "country", "language")
        and not field.name.endswith("_type")
        and field.name.endswith(("name", "title", "subject", "company", "topic", "city"))
    }
    model._base_manager.filter(pk=record.pk).update(**texts)
    record.refresh_from_db()
    return record


def make_linked(record_type, outsider, owner):
    """The outsider's own record: every link of it leads to a hidden one, and some lead back."""
    model = record_type.model
    links = [one for one in links_of(model) if isinstance(one, models.ForeignKey)]
    values = {one.name: make_hidden(one.related_model, owner) for one in links}
    try:
        with transaction.atomic():
            record = make_record(model, outsider, "Mine", **values)
    except IntegrityError:  # of some links only one may be set
        record = None
        for one in links:
            with transaction.atomic():
                record = make_record(model, outsider, "Mine", **{one.name: values[one.name]})
            break
    for one in model._meta.many_to_many:
        if issubclass(one.related_model, Record):
            getattr(record, one.name).add(make_hidden(one.related_model, owner))
    point_back(record, owner)
    return record


def point_back(record, owner):
    """Hidden records that link to the one which is seen."""
    for other in registry:
        for link in links_of(other.model):
            if isinstance(link, models.ForeignKey) and link.related_model is type(record):
                try:
                    with transaction.atomic():
                        make_hidden(other.model, owner, **{link.name: record})
                except IntegrityError:
                    continue


def addresses(record_type, record):
    """Every page on which the record or a part of it stands."""
    view = "view=all" if "all" in {view.key for view in record_type.views} else ""
    return [
        *(f"/{record_type.slug}/{end}" for end in of_the_list(record_type, record, view)),
        *(f"/{record_type.slug}/{record.pk}/{end}" for end in of_the_record(record_type)),
        f"/lookup/{record_type.key}/?q=Mine",
        "/search/?q=Mine",
        *("/", "/recent/", "/notifications/", "/case-queue/", "/case-queue/mine/waiting/"),
    ]


def of_the_list(record_type, record, view):
    board = [f"board/?{view}"] if record_type.board else []
    return [
        f"?{view}",
        *(f"?{view}&sort={column.name}" for column in record_type.columns),
        *(f"chart/?chart={chart.key}&{view}" for chart in record_type.charts),
        *board,
        f"?{view}&preview={record.pk}",
        f"export.csv?{view}",
        "bin/",
    ]


def of_the_record(record_type):
    tabs = [panel.key for panel in record_type.panels]
    return [
        *("", "edit/"),
        *(f"?tab={tab}" for tab in (*tabs, "timeline", "files", "history", "access")),
        *(f"cell/{name}/" for name in editable_columns(record_type)),
        *(f"{action.key}/" for action in record_type.actions),
    ]


def texts_in(response):
    """The body; of a PDF what its streams hold as well."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if not content.startswith(b"%PDF"):
        return content.decode(errors="replace")
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def names_told(page):
    """What stands around the word, or ''."""
    found = page.find(HIDDEN)
    return "" if found < 0 else page[max(0, found - 160) : found + 60]


@every_type
def test_no_surface_names_a_hidden_linked_record(record_type, outsider, owner, sign_in):
    record = make_linked(record_type, outsider, owner)
    client = sign_in(outsider)
    client.raise_request_exception = False
    told = {}
    for address in addresses(record_type, record):
        response = client.get(address, follow=True)
        assert response.status_code < 500, address
        if found := names_told(texts_in(response)):
            told[address] = found
    assert told == {}
