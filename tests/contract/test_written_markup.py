"""Markup in every text of every record: it is shown as text, wherever it is shown."""

import io

import pytest
from django.contrib.admin import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.activities.files import attach_file
from crm.activities.services import log_activity
from crm.exchange.imports.services import check_rows, stage_file
from crm.models import Notification, RecordTypeLabel, RecordTypeName, SavedView, User
from crm.records.editing import editable_columns
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.factories.accounts import make_contact
from tests.factories.marketing import give_address, make_list, make_mailing

pytestmark = pytest.mark.django_db

TYPES = list(registry)
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)

# Each ends every context text may stand in, then begins an element that does something.
MARK = "x-mark"
LONG = (
    f"\"'></textarea></title></script></style>--><{MARK} onclick=alert(1)>"
    f"<img src=x onerror=alert(1)><svg/onload=alert(1)>"
)
SHORT = f"\"'><{MARK}>"
SCRIPT_LINK = "javascript:alert(1)"
NEVER = (f"<{MARK}", "<img src=x", "<svg/onload", 'href="javascript:', "href='javascript:")


def markup_for(field):
    length = field.max_length or len(LONG)
    return LONG if length >= len(LONG) else SHORT if length >= len(SHORT) else f"<{MARK}>"[:length]


def write_everywhere(record):
    """Puts markup into every text field the database takes it in; returns how many it took."""
    taken = 0
    for field in type(record)._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if not is_text or field.choices or field.generated or field.name in ("number", "code"):
            continue
        try:
            with transaction.atomic():
                rows = type(record).objects.filter(pk=record.pk)
                rows.update(**{field.name: markup_for(field)})
                taken += 1
        except DatabaseError:
            continue
    record.refresh_from_db()
    return taken


def shown(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def look_at(client, address, **headers):
    response = client.get(address, headers=headers)
    if not response.get("Content-Type", "").startswith("text/html"):
        return response
    page = shown(response)
    assert [made for made in NEVER if made in page] == [], address
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy, address
    assert "script-src 'self'" in policy or "sandbox" in policy, address
    return response


def pages_of(record_type, record):
    slug, pk = record_type.slug, record.pk
    yield from (f"/{slug}/?view={view.key}" for view in record_type.views)
    yield f"/{slug}/?cols=*&q={MARK}"
    yield f"/{slug}/?preview={pk}"
    yield from (f"/{slug}/{pk}/cell/{column}/" for column in editable_columns(record_type))
    yield from (f"/{slug}/{part}" for part in ("new/", "new/?panel=1", "bin/", "arrange/"))
    if record_type.board:
        yield f"/{slug}/board/"
    yield from (f"/{slug}/{pk}/{part}" for part in ("", "edit/", "assign/", "timeline/"))
    tabs = [panel.key for panel in record_type.panels if panel.place == "tab"]
    yield from (f"/{slug}/{pk}/?tab={tab}" for tab in (*tabs, "history", "files", "access"))
    for action in record_type.actions:
        if not action.works_on_many:
            yield f"/{slug}/{pk}/{action.key}/"
            yield f"/{slug}/{pk}/{action.key}/?panel=1"


def tell(user, record):
    """Of the record, by somebody with a name as bad."""
    User.objects.filter(pk=user.pk).update(name=SHORT)
    Notification.objects.create(
        recipient=user,
        actor=user,
        kind="shared",
        record_type=record.type_key(),
        record_id=record.pk,
        at=timezone.now(),
    )


@every_type
def test_markup_in_a_record_is_shown_as_text(record_type, admin, sign_in, as_actor):
    record = make_record(record_type.model, admin)
    assert write_everywhere(record) > 0
    for field in record_type.model._meta.concrete_fields:
        linked = getattr(record, field.name, None) if field.is_relation else None
        if linked is not None and getattr(linked, "type_key", None):
            write_everywhere(linked)
    if record_type.has(Feature.FILES):
        upload = SimpleUploadedFile(f"{SHORT}.svg", b"<svg/onload=alert(1)>")
        attach_file(actor=as_actor(admin), record=record, upload=upload)
    if record_type.has(Feature.TIMELINE):
        values = {"kind": "note", "body": LONG}
        log_activity(actor=as_actor(admin), regarding=record, values=values)
    client, seen = sign_in(admin), 0
    for address in pages_of(record_type, record):
        seen += MARK in shown(look_at(client, address))
    assert seen >= 4
    tell(admin, record)
    news = ("/notifications/", "/notifications/menu/")
    for address in (
        f"/search/?q={MARK}",
        "/recent/",
        f"/lookup/{record_type.key}/?q={MARK}",
        *news,
    ):
        look_at(client, address, **{"HX-Request": "true"} if address == news[1] else {})


@every_type
def test_markup_typed_into_a_form_comes_back_as_text(record_type, admin, sign_in):
    client = sign_in(admin)
    names = import_string(record_type.form).base_fields
    response = client.post(f"/{record_type.slug}/new/", dict.fromkeys(names, LONG))
    page = shown(response)
    assert response.status_code == 422
    assert MARK in page
    assert [made for made in NEVER if made in page] == []


def test_a_text_is_no_template(admin, sign_in):
    account = make_record(registry.get("account").model, admin, "{{ 7|add:7 }}{% now 'Y' %}")
    client = sign_in(admin)
    for address in ("", "edit/", "?tab=history"):
        page = shown(client.get(f"/accounts/{account.pk}/{address}"))
        assert "{{ 7|add:7 }}{% now" in page


def test_a_script_is_no_link(admin, sign_in):
    for key in ("account", "lead", "competitor"):
        record = make_record(registry.get(key).model, admin)
        type(record).objects.filter(pk=record.pk).update(website=SCRIPT_LINK)
        look_at(sign_in(admin), f"/{registry.get(key).slug}/{record.pk}/")


def test_names_people_give_are_text_everywhere(admin, owner, sign_in):
    """Users, views and record types: their names stand on most pages."""
    for user in (admin, owner):
        type(user).objects.filter(pk=user.pk).update(name=SHORT, job_title=SHORT)
    SavedView.objects.create(
        owner=admin, record_type="account", name=SHORT, is_shared=True, conditions={}
    )
    name, _made = RecordTypeName.objects.get_or_create(record_type="account")
    RecordTypeLabel.objects.create(
        record_type=name, language="en", singular=SHORT, plural=f"{SHORT}s"
    )
    account = make_record(registry.get("account").model, owner)
    client = sign_in(admin)
    for address in (
        *("/", "/accounts/", "/accounts/new/", "/accounts/board/", "/search/?q=linked"),
        *(f"/accounts/{account.pk}/", f"/accounts/{account.pk}/?tab=access", "/preferences/"),
        *("/settings/", "/settings/roles/", "/imports/", "/imports/new/account/"),
    ):
        look_at(client, address)


def test_markup_in_the_administration_is_text(admin, sign_in):
    type(admin).objects.filter(pk=admin.pk).update(name=LONG[:100])
    client, seen = sign_in(admin), 0
    for model in site._registry:
        for row in model._default_manager.all()[:3]:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not (
                    field.choices or field.name == "icon"
                ):
                    try:
                        with transaction.atomic():
                            if not (field.unique or field.primary_key):
                                rows = model._default_manager.filter(pk=row.pk)
                                rows.update(**{field.name: markup_for(field)})
                    except DatabaseError:
                        continue
        name = f"{model._meta.app_label}/{model._meta.model_name}"
        page = shown(client.get(f"/admin/{name}/"))
        assert [made for made in NEVER if made in page] == [], name
        seen += MARK in page
    assert seen > 0


def test_a_mail_shows_placeholders_as_text(marketer, sign_in):
    give_address()
    contact = make_contact(marketer, first_name=SHORT, last_name=SHORT, email="a@x.example")
    mailing = make_mailing(
        marketer,
        make_list(marketer, contact),
        message=f'Dear {{{{ first_name|fallback:"you" }}}},\n\n{LONG}\n\n[link]({SCRIPT_LINK})',
        subject=f"{SHORT} {{{{ first_name }}}}",
    )
    client = sign_in(marketer)
    chosen = f"contact-{contact.pk}"
    for part in (f"preview/?as={chosen}", f"preview-frame/?as={chosen}", "content/", "review/"):
        response = client.get(f"/campaign-activities/{mailing.pk}/{part}")
        page = shown(response)
        assert response.status_code == 200, part
        assert MARK in page, part
        assert [made for made in NEVER if made in page] == [], part


def test_markup_in_an_imported_file_is_text(owner, as_actor, sign_in):
    content = f'name,"{LONG.replace(chr(34), "")}",employees\nAlder,{SHORT},{SHORT}\n'.encode()
    job = stage_file(
        actor=as_actor(owner),
        target_key="account",
        file_name=f"{SHORT}.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    client = sign_in(owner)
    look_at(client, f"/imports/{job.pk}/")
    check_rows(actor=as_actor(owner), job_id=job.pk)
    response = look_at(client, f"/imports/{job.pk}/")
    assert MARK in shown(response)
    look_at(client, "/imports/")


def test_a_file_leaves_as_an_attachment_that_nothing_runs(owner, as_actor, sign_in):
    account = make_record(registry.get("account").model, owner)
    for name in (
        "../../etc/passwd",
        "a\r\nX-Made: 1.html",
        f"{SHORT}.html",
        "x.svg",
        "\u202egpj.exe",
    ):
        upload = SimpleUploadedFile("placeholder", b"<script>alert(1)</script>")
        upload._name = name
        file = attach_file(actor=as_actor(owner), record=account, upload=upload)
        response = sign_in(owner).get(f"/files/{file.pk}/")
        assert response["Content-Disposition"].startswith("attachment;")
        assert "X-Made" not in response
        assert "\n" not in response["Content-Disposition"]
        assert response["Content-Type"] == "application/octet-stream"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert ".." not in file.content.name
