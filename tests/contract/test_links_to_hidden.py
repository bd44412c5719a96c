"""A record links to records its reader may not see: no surface tells their names."""

import base64
import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, models, transaction
from pypdf import PdfReader

from accounts.models import Account
from crm.conditions.schema import Group
from crm.models import Record
from crm.records.editing import editable_columns
from crm.records.lists.paging import BadCursor
from crm.records.lists.selection import Selection
from crm.records.lists.tables import bound_columns
from crm.registry.registry import registry
from tests.checks.templates import templates
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


def is_through_a_link(record_type, column):
    path = (column.sort_path or "").split(",")[0]
    if "__" not in path or "all" not in {view.key for view in record_type.views}:
        return False
    link = record_type.model._meta.get_field(path.split("__")[0])
    return issubclass(link.related_model, Record)


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


SORTED = [
    pytest.param(record_type, column.name, id=f"{record_type.key}-{column.name}")
    for record_type in registry
    for column in bound_columns(record_type)
    if is_through_a_link(record_type, column)
]


@pytest.mark.parametrize(("record_type", "name"), SORTED)
@pytest.mark.parametrize("sign", ["", "-"])
def test_rows_do_not_stand_in_the_order_of_hidden_records(
    record_type, name, sign, outsider, owner, as_actor
):
    column = next(one for one in bound_columns(record_type) if one.name == name)
    link = column.sort_path.split(",")[0].split("__")[0]
    target = record_type.model._meta.get_field(link).related_model
    rows = []
    for letter in "CAB":
        hidden = make_record(target, owner, f"{letter} hidden")
        rows.append(make_record(record_type.model, outsider, "Mine", **{link: hidden}))
    selection = Selection(
        actor=as_actor(outsider),
        record_type=record_type,
        view=next(view for view in record_type.views if view.key == "all"),
        where=Group(()),
        sort=[f"{sign}{name}"],
    )
    ids = sorted((row.pk for row in rows), reverse=bool(sign))
    columns = bound_columns(record_type)
    page = selection.page(columns, size=2)
    rest = selection.page(columns, size=2, after=page.next_cursor)
    assert [row.pk for row in (*page.rows, *rest.rows)] == ids
    before = selection.page(columns, size=2, before=rest.previous_cursor)
    assert [row.pk for row in before.rows] == ids[:2]
    assert [row.pk for row in selection.exportable] == ids


def test_a_cursor_says_nothing_and_serves_no_other_order(outsider, as_actor):
    rows = [make_record(Account, outsider, f"Firm {letter}") for letter in "ABC"]
    record_type = registry.get("account")
    given = {
        "actor": as_actor(outsider),
        "record_type": record_type,
        "view": next(view for view in record_type.views if view.key == "all"),
        "where": Group(()),
    }
    columns = bound_columns(record_type)
    page = Selection(**given, sort=["name"]).page(columns, size=1)
    assert b"Firm" not in base64.urlsafe_b64decode(page.next_cursor)
    assert [row.pk for row in page.rows] == [rows[0].pk]
    for wrong in (page.next_cursor[:-4] + "AAAA", "x", "é", "9" * 5000):
        with pytest.raises(BadCursor):
            Selection(**given, sort=["name"]).page(columns, size=1, after=wrong)
    with pytest.raises(BadCursor):
        Selection(**given, sort=["-name"]).page(columns, size=1, after=page.next_cursor)


def test_templates_name_links_through_their_reader():
    """`{{ record.account }}` would tell the name to anybody: it takes `|named:actor`."""
    links = {link.name for record_type in registry for link in links_of(record_type.model)}
    shown = re.compile(rf"{{{{ *(?!chip\.|form\.)[a-z_.]+\.({'|'.join(links)})(?!_)\b[^}}]*}}}}")
    through_reader = re.compile(r"\|(named:actor|record_url)\b")
    found = [
        f"{path.name}: {output[0]}"
        for path in templates(Path(settings.BASE_DIR))
        for output in shown.finditer(path.read_text())
        if not through_reader.search(output[0])
    ]
    assert found == []
