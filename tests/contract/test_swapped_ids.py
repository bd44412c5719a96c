"""Ids of what one may not see, in every place a request can hold one: refused, without a trace."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BooleanField
from django.utils.module_loading import import_string

from crm.models import File, Principal, Role, User
from crm.records.bulk.jobs import choose_rows
from crm.records.editing import editable_columns
from crm.records.lists.lookups import RecordChoiceField, RecordMultipleChoiceField
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import form_for, sent, sent_as
from tests.contract.outsiders import make_outsider
from tests.contract.watching import nothing_changes
from tests.factories.sales_docs import line, make_quote

pytestmark = pytest.mark.django_db

TYPES = list(registry)
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)
HIDDEN = "Zyxwut Hidden"


@pytest.fixture
def outsider(south):
    return make_outsider(south)


@pytest.fixture
def hidden(owner):
    """Another person's record of a type, made when it is asked for."""
    made = {}

    def of(model):
        if model not in made:
            made[model] = make_record(model, owner, HIDDEN)
        return made[model]

    return of


def links_in(form):
    """The look-ups of a form that lead to records."""
    return {
        name: field
        for name, field in form.fields.items()
        if isinstance(field, RecordChoiceField) and field.model is not Principal
    }


def swapped(field, record):
    return [record.pk] if isinstance(field, RecordMultipleChoiceField) else record.pk


@every_type
def test_a_form_takes_no_record_its_writer_can_not_see(
    record_type, outsider, hidden, sign_in, as_actor
):
    own = make_record(record_type.model, outsider)
    form = form_for(record_type, as_actor(outsider), own)
    values, client = sent(form), sign_in(outsider)
    pages = [f"/{record_type.slug}/new/", f"/{record_type.slug}/{own.pk}/edit/"]
    tried = [
        (page, name, swapped(field, hidden(field.model)))
        for page in pages
        for name, field in links_in(form_for(record_type, as_actor(outsider))).items()
        if name in form.fields or page == pages[0]
    ]
    with nothing_changes():
        for page, name, value in tried:
            response = client.post(page, {**values, "version": own.version, name: value})
            assert response.status_code == 422, (page, name)
            assert name in response.context["form"].errors, (page, name)
            assert HIDDEN not in response.content.decode(), (page, name)
        for page, name, _value in tried:
            if page != pages[0]:
                continue
            typed = {key: value for key, value in values.items() if key != name}
            response = client.post(page, {**typed, f"{name}__text": HIDDEN})
            assert response.status_code == 422, (page, name)


@every_type
def test_bulk_verbs_reach_no_hidden_row_and_link_to_none(
    record_type, outsider, hidden, sign_in, as_actor
):
    if not record_type.has(Feature.BULK):
        pytest.skip("the type has no bulk verbs")
    own = make_record(record_type.model, outsider)
    theirs, client = hidden(record_type.model), sign_in(outsider)
    form = form_for(record_type, as_actor(outsider), own)
    links = {name: one for name, one in links_in(form).items() if name in record_type.bulk_fields}
    linked = {field.model: hidden(field.model) for field in links.values()}
    everybody = {f"change_{name}": "1" for name in record_type.bulk_fields}
    values = {name: sent(form).get(name, "") for name in record_type.bulk_fields}
    with nothing_changes():
        for verb in ("edit", "assign", "delete"):
            data = {"ids": theirs.pk, "do": "1", "owner": outsider.pk, **everybody, **values}
            page = client.post(f"/{record_type.slug}/bulk/{verb}/", data).content.decode()
            assert HIDDEN not in page
        for name, field in links.items():
            data = {"ids": own.pk, "do": "1", f"change_{name}": "1"}
            data[name] = swapped(field, linked[field.model])
            response = client.post(f"/{record_type.slug}/bulk/edit/", data)
            assert response.status_code == 422, name


@every_type
def test_every_address_of_a_hidden_record_is_404_whatever_is_sent(
    record_type, outsider, hidden, sign_in
):
    theirs, client = hidden(record_type.model), sign_in(outsider)
    before = f"/{record_type.slug}/{theirs.pk}/"
    own = {"owner": outsider.pk, "principal": outsider.pk, "privileges": "read", "body": "A note"}
    data = {**own, "kind": "note", "value": "1", "change": "1", "field": "name", "do": "save"}
    with nothing_changes():
        for part in ("edit/", "delete/", "assign/", "compose/", "files/", "share/", "restore/"):
            assert client.post(before + part, data).status_code == 404, part
        assert client.post(before + "move/", data).status_code == 404
        for action in record_type.actions:
            for method in (client.get, client.post):
                if action.works_on_many and not action.view:
                    continue
                assert method(f"{before}{action.key}/", data).status_code == 404, action.key
        for part in ("", "edit/", "timeline/", "assign/", "?tab=history", "?tab=files"):
            assert client.get(before + part).status_code == 404, part
        for column in editable_columns(record_type):
            address = f"{before}cell/{column}/"
            assert client.get(address).status_code == 404, column
            assert client.post(address, {**data, column: "1"}).status_code == 404, column


@every_type
def test_a_cell_takes_no_record_its_writer_can_not_see(
    record_type, outsider, hidden, sign_in, as_actor
):
    own = make_record(record_type.model, outsider)
    links = links_in(form_for(record_type, as_actor(outsider), own))
    client = sign_in(outsider)
    tried = [
        (name, hidden(links[name].model)) for name in editable_columns(record_type) if name in links
    ]
    with nothing_changes():
        for name, record in tried:
            address = f"/{record_type.slug}/{own.pk}/cell/{name}/"
            for data in ({name: record.pk}, {f"{name}__text": HIDDEN}):
                response = client.post(address, {**data, "version": own.version})
                assert response.status_code == 422, (name, data)
                shown = response.content.decode().replace(f'value="{HIDDEN}"', "")
                assert HIDDEN not in shown, (name, data)


@every_type
def test_dialogs_take_no_hidden_record(record_type, outsider, hidden, sign_in, as_actor):
    own = make_record(record_type.model, outsider)
    client, tried = sign_in(outsider), []
    for action in record_type.actions:
        if action.form and not action.works_on_many:
            form_class = import_string(action.form)
            form = form_class(actor=as_actor(outsider), record=own)
            values = sent(
                form_class(
                    actor=as_actor(outsider),
                    record=own,
                    initial=form_class.initial_for(as_actor(outsider), own),
                )
            )
            tried += [
                (action.key, {**values, name: swapped(field, hidden(field.model))}, name)
                for name, field in links_in(form).items()
            ]
    with nothing_changes():
        for key, data, name in tried:
            response = client.post(f"/{record_type.slug}/{own.pk}/{key}/", data)
            assert response.status_code in (404, 422), (key, name)
            assert HIDDEN not in response.content.decode(), (key, name)


# What a plain form never holds, posted all the same

VOLATILE = {
    "id",
    "number",
    "created_at",
    "modified_at",
    "search_text",
    "version",
    "happened_at",
    "stage_entered_at",
}


@every_type
def test_what_a_form_does_not_ask_is_not_taken(record_type, outsider, owner, sign_in, as_actor):
    own = make_record(record_type.model, outsider)
    form = form_for(record_type, as_actor(outsider))
    values = {**sent_as(record_type, as_actor(outsider), own), "owner": outsider.pk}
    client, rows = sign_in(outsider), record_type.model.objects
    address = f"/{record_type.slug}/new/"
    named = {"name": "First one"} if "name" in values else {}
    plain = client.post(address, {**values, **named, "save_anyway": "1"})
    if plain.status_code == 422:
        pytest.skip("a rule wants more than what the model requires")
    first = rows.latest("pk")
    others = [
        field for field in record_type.model._meta.concrete_fields if field.name not in form.fields
    ]
    forged = {field.name: forged_value(field, owner) for field in others}
    forged |= {f"{name}_id": value for name, value in forged.items()}
    named = {"name": "Second one"} if "name" in values else {}
    client.post(address, {**values, **forged, **named, "save_anyway": "1"})
    second = rows.latest("pk")
    assert second.pk > first.pk
    taken = {
        field.name
        for field in others
        if field.name not in VOLATILE
        and getattr(first, field.attname) != getattr(second, field.attname)
    }
    assert taken == set()
    assert getattr(second, "number", "") != "9"


def forged_value(field, owner):
    """Another value than the one the field has by itself."""
    if field.is_relation:
        return owner.pk
    if field.choices:
        return str(field.flatchoices[-1][0])
    if isinstance(field, BooleanField):
        return "on"
    kind = field.get_internal_type()
    return "2020-01-01" if kind.startswith("Date") else "9"


def test_preferences_change_nobodys_rights_and_nobody_else(owner, stranger, sign_in):
    values = {"name": "Owner", "language": "en", "time_zone": "UTC", "theme": owner.theme}
    role = Role.objects.get(profile="administrator")
    forged = {"is_superuser": "on", "is_staff": "on", "roles": role.pk, "unit": stranger.unit_id}
    forged |= {"id": stranger.pk, "username": "boss", "email": "x@y.example", "manager": owner.pk}
    kept = ("is_superuser", "is_staff", "unit_id", "username", "email", "manager_id", "password")
    before = [getattr(owner, name) for name in kept]
    answer = sign_in(owner).post("/preferences/", values | forged)
    assert answer.status_code == 302
    after = User.objects.get(pk=owner.pk)
    assert [getattr(after, name) for name in kept] == before
    assert not after.roles.filter(pk=role.pk).exists()


# Places that hold ids of their own


@pytest.fixture
def client_of(outsider, sign_in):
    return sign_in(outsider)


def test_the_line_grid_takes_no_hidden_product(outsider, hidden, client_of):
    product = hidden(registry.get("product").model)
    quote = make_quote(outsider, line())
    data = {"do": "save", "row": "new1", "row-new1-product": product.pk, "row-new1-quantity": "1"}
    with nothing_changes():
        response = client_of.post(f"/quotes/{quote.pk}/lines/", data)
        added = client_of.post(f"/quotes/{quote.pk}/lines/", {"do": "add", "product": product.pk})
    assert response.status_code in (403, 422)
    assert HIDDEN not in response.content.decode() + added.content.decode()


def test_the_line_grid_takes_no_line_of_another_document(outsider, owner, client_of):
    theirs = make_quote(owner, line(name="Secret line"))
    mine = make_quote(outsider, line())
    key = theirs.lines.get().pk
    was = f'{{"lines": {{"{key}": {{"key": "{key}", "id": {key}, "name": "Secret line"}}}}}}'
    data = {"do": "save", "row": key, f"row-{key}-name": "Taken", f"row-{key}-quantity": "5"}
    with nothing_changes():
        response = client_of.post(f"/quotes/{mine.pk}/lines/", data | {"was": was})
    assert response.status_code == 422
    theirs.refresh_from_db()
    assert theirs.lines.get().name == "Secret line"


def test_a_price_list_takes_no_hidden_product(outsider, hidden, client_of):
    price_list = make_record(registry.get("pricelist").model, outsider)
    product = hidden(registry.get("product").model)
    data = {"do": "save", "version": price_list.version, "row": "a"}
    data |= {"row-a-product": product.pk, "row-a-amount": "5"}
    with nothing_changes():
        response = client_of.post(f"/price-lists/{price_list.pk}/prices/", data)
    assert response.status_code in (403, 404, 422)
    assert HIDDEN not in response.content.decode()


def test_a_list_takes_no_hidden_member_and_a_record_goes_on_no_hidden_list(
    outsider, hidden, client_of
):
    lists, contacts = registry.get("marketinglist").model, registry.get("contact").model
    own_list = make_record(lists, outsider, member_type="contact")
    own = make_record(contacts, outsider)
    hidden_list, hidden_contact = hidden(lists), hidden(contacts)
    with nothing_changes():
        added = client_of.post(
            f"/marketing-lists/{own_list.pk}/add-member/", {"member": hidden_contact.pk}
        )
        put_on = client_of.post(
            f"/contacts/{own.pk}/add-to-list/", {"marketing_list": hidden_list.pk}
        )
        many = client_of.post(
            "/contacts/bulk/add-to-list/",
            {"ids": hidden_contact.pk, "do": "1", "marketing_list": own_list.pk},
        )
    assert [added.status_code, put_on.status_code] == [422, 422]
    assert many.status_code in (200, 302, 404, 422)


def test_a_lead_is_not_qualified_into_a_hidden_record(outsider, hidden, client_of):
    lead = make_record(registry.get("lead").model, outsider)
    account = hidden(registry.get("account").model)
    for answer in (
        {"account": f"use:{account.pk}"},
        {"account": "other", "account_other": account.pk},
    ):
        data = {"contact": "skip", "opportunity": "skip", "version": lead.version, **answer}
        with nothing_changes():
            response = client_of.post(f"/leads/{lead.pk}/qualify/", data)
        assert response.status_code in (404, 422)
        assert HIDDEN not in response.content.decode()


def test_nobody_picks_or_releases_a_hidden_case(hidden, client_of):
    case, queue = hidden(registry.get("case").model), hidden(registry.get("queue").model)
    with nothing_changes():
        for address in (
            f"/case-queue/pick/{case.pk}/",
            f"/case-queue/release/{case.pk}/",
            f"/case-queue/{queue.pk}/next/",
        ):
            assert client_of.post(address).status_code == 404, address
    assert client_of.get(f"/case-queue/{queue.pk}/").status_code == 404


def test_a_file_of_a_hidden_record_is_neither_read_nor_removed(owner, hidden, client_of, sign_in):
    account = hidden(registry.get("account").model)
    upload = SimpleUploadedFile("secret.txt", b"secret")
    sign_in(owner).post(f"/accounts/{account.pk}/files/", {"file": upload})
    file = File.objects.get()
    client_of.force_login(
        User.objects.get(username="outsider"), "django.contrib.auth.backends.ModelBackend"
    )
    with nothing_changes():
        assert client_of.get(f"/files/{file.pk}/").status_code == 404
        assert client_of.post(f"/files/{file.pk}/delete/").status_code == 404


def test_another_persons_change_to_many_rows_is_not_there(owner, outsider, as_actor, client_of):
    record_type = registry.get("account")
    rows = [make_record(record_type.model, owner, f"Firm {n}") for n in range(2)]
    chosen = choose_rows(
        actor=as_actor(owner),
        record_type=record_type,
        verb="delete",
        ids=[row.pk for row in rows],
    )
    with nothing_changes():
        assert client_of.get(f"/jobs/{chosen.pk}/").status_code == 404
        assert client_of.post(f"/jobs/{chosen.pk}/undo/").status_code == 404
        data = {"job": chosen.pk, "do": "1"}
        assert client_of.post("/accounts/bulk/delete/", data).status_code == 404


def test_another_persons_operation_is_not_taken_back(owner, outsider, sign_in):
    client = sign_in(owner)
    data = {"name": "Alder Labs", "relationship": "prospect", "owner": owner.pk}
    page = client.post("/accounts/new/", data, follow=True).content.decode()
    operation = page.split('action="/undo/')[1].split('"')[0]
    client = sign_in(outsider)
    with nothing_changes():
        assert client.post(f"/undo/{operation}").status_code == 404
