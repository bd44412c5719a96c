"""A column that was renamed, retyped or dropped stays in the history, and nothing breaks on it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account
from crm import clock
from crm.database.renames import record_rename
from crm.errors import RuleViolation, StaleVersion
from crm.models import FieldChange
from crm.operations import operation, operation_called
from crm.records.history.history import as_of, field_history, restore_field
from crm.records.history.tasks import undo_in_batches
from crm.records.history.undo import undo_operation
from crm.records.history.undo_jobs import begin_undo
from crm.records.services import update_record
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.factories.accounts import make_account
from tests.views.crm.test_record_forms import filled

# The table is migrated by hand, with columns the model doesn't have.
pytestmark = [pytest.mark.django_db, pytest.mark.unannounced]

ACCOUNT = registry.get("account")


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def migrate(statement):
    """What waits for the end of the transaction is done before a table is altered."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(statement)


@operation
def write(*, actor, record, column, value):
    """A change of a column as the model of that time had it."""
    statement = f"UPDATE accounts_account SET {column} = %s WHERE id = %s"  # noqa: S608  (a test's)
    sql(statement, value, record.pk)


@pytest.fixture
def migrated(owner, as_actor):
    """An account with a change of a column that is called, or typed, otherwise now, or gone.

    `change(column, old, new, operation)` writes it as the schema was; `rename` and `drop` migrate.
    """
    account = make_account(owner, name="Nordfjord", website="https://new.example", employees=7)

    class Schema:
        record = account

        def add(self, column):
            migrate(f"ALTER TABLE accounts_account ADD COLUMN {column} varchar(80)")

        def change(self, column, old, new):
            write(actor=as_actor(owner), record=account, column=column, value=old)
            operation_id = uuid.uuid4()
            with operation_called(operation_id):
                write(actor=as_actor(owner), record=account, column=column, value=new)
            account.refresh_from_db()
            return operation_id

        def rename(self, old, new):
            with connection.schema_editor() as editor:
                record_rename("account", old=old, new=new).database_forwards(
                    "accounts", editor, None, None
                )
            self.drop(old)

        def drop(self, column):
            migrate(f"ALTER TABLE accounts_account DROP COLUMN {column}")
            reset_cache_versions()

    return Schema()


def lines(actor, record, **where):
    return [
        (line.label, str(line.old), str(line.new))
        for line in field_history(actor, record, **where).lines
    ]


def test_a_renamed_column_shows_under_its_new_name(migrated, owner, as_actor):
    migrated.add("homepage")
    migrated.change("homepage", "https://a.example", "https://b.example")
    migrated.rename("homepage", "website")
    shown = lines(as_actor(owner), migrated.record, name="website")
    assert [label for label, _old, _new in shown] == ["Website", "Website"]
    assert "https://a.example" in shown[0][1]
    assert "https://b.example" in shown[0][2]


def test_a_rename_of_a_rename_is_followed(migrated, owner, as_actor):
    migrated.add("address_on_the_web")
    operation_id = migrated.change("address_on_the_web", "https://a.example", "https://b.example")
    migrated.rename("address_on_the_web", "homepage")
    migrated.add("homepage")
    migrated.rename("homepage", "website")
    assert undo_operation(actor=as_actor(owner), operation_id=operation_id) == 1
    assert Account.objects.get(pk=migrated.record.pk).website == "https://a.example"


def test_a_dropped_column_is_named_as_what_it_was(migrated, owner, as_actor):
    migrated.add("fax_number")
    before = clock.now() - timedelta(seconds=1)
    migrated.change("fax_number", "0221 1", "0221 2")
    migrated.drop("fax_number")
    shown = lines(as_actor(owner), migrated.record)
    assert ("Fax number (no longer a field)", "0221 1", "0221 2") in shown
    FieldChange.objects.filter(record_id=migrated.record.pk, event="insert").update(
        at=before - timedelta(days=1)
    )
    (fax,) = [one for one in as_of(as_actor(owner), migrated.record, before) if "Fax" in one.label]
    assert (fax.now, fax.is_changed) == ("", True)


def test_undo_of_a_dropped_column_says_which_and_changes_nothing(migrated, owner, as_actor):
    migrated.add("fax_number")
    operation_id = migrated.change("fax_number", "0221 1", "0221 2")
    migrated.drop("fax_number")
    version = Account.objects.get(pk=migrated.record.pk).version
    with pytest.raises(RuleViolation, match="“fax number” of “Nordfjord” can't get “0221 1” back"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert Account.objects.get(pk=migrated.record.pk).version == version


def test_a_value_its_field_cannot_hold_any_more_is_shown_as_it_was(migrated, owner, as_actor):
    migrated.add("crew")
    operation_id = migrated.change("crew", "a dozen", "two dozen")
    migrated.rename("crew", "employees")
    assert ("Employees", "a dozen", "two dozen") in lines(as_actor(owner), migrated.record)
    change = FieldChange.objects.get(operation=operation_id)
    with pytest.raises(RuleViolation, match="“a dozen” can't be restored"):
        restore_field(
            actor=as_actor(owner),
            record_type=ACCOUNT,
            record_id=migrated.record.pk,
            change_id=change.pk,
            name="employees",
        )
    with pytest.raises(RuleViolation, match="“Employees” of “Nordfjord” can't get “a dozen” back"):
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert Account.objects.get(pk=migrated.record.pk).employees == 7


def test_a_save_from_before_the_migration_conflicts_with_nothing_that_is_gone(
    migrated, owner, as_actor
):
    migrated.add("fax_number")
    seen = migrated.record.version
    migrated.change("fax_number", "0221 1", "0221 2")
    migrated.drop("fax_number")
    saved = update_record(
        actor=as_actor(owner),
        record_type=ACCOUNT,
        record_id=migrated.record.pk,
        version=seen,
        values={"city": "Bergen"},
    )
    assert saved.city == "Bergen"


def test_the_pages_of_the_record_open(migrated, owner, sign_in):
    migrated.add("fax_number")
    migrated.change("fax_number", "0221 1", "0221 2")
    migrated.drop("fax_number")
    client = sign_in(owner)
    page = f"/accounts/{migrated.record.pk}/"
    history = client.get(f"{page}?tab=history").content.decode()
    assert "Fax number (no longer a field)" in history
    assert "0221 2" in client.get(f"{page}?kind=changes").content.decode()


# ---- Every change of the schema on every surface


@dataclass(frozen=True)
class SchemaChange:
    """A column that held `old`, then `new`, and became the field `becomes`, or none."""

    column: str
    becomes: str
    old: str
    new: str
    typed: Any  # `old` as a value of the field now; None where the field can't hold it
    mine: Any = ""  # what somebody types who still has the form of before


SCHEMA_CHANGES = {
    "renamed": SchemaChange(
        "homepage",
        "website",
        "https://a.example",
        "https://b.example",
        "https://a.example",
        mine="https://mine.example",
    ),
    "retyped": SchemaChange("crew", "employees", "12", "13", 12, mine=9),
    "retyped and unreadable": SchemaChange("crew", "employees", "a dozen", "many", None, mine=9),
    "dropped": SchemaChange("fax_number", "", "0221 1", "0221 2", None),
}


@pytest.fixture(params=SCHEMA_CHANGES.values(), ids=SCHEMA_CHANGES.keys())
def schema(request):
    return request.param


@pytest.fixture
def operation_id(schema, migrated):
    """Changed the column from `old` to `new` just now; then the schema changed."""
    migrated.add(schema.column)
    changed = migrated.change(schema.column, schema.old, schema.new)
    earlier = FieldChange.objects.filter(record_id=migrated.record.pk).exclude(operation=changed)
    earlier.update(at=clock.now() - timedelta(days=2))
    if schema.becomes:
        migrated.rename(schema.column, schema.becomes)
    else:
        migrated.drop(schema.column)
    return changed


def now_of(migrated):
    return Account.objects.values("website", "employees", "version").get(pk=migrated.record.pk)


def test_the_history_shows_what_it_was(schema, operation_id, migrated, owner, as_actor, sign_in):
    shown = lines(as_actor(owner), migrated.record)
    assert [True for _label, old, new in shown if schema.old in old and schema.new in new] == [True]
    page = sign_in(owner).get(f"/accounts/{migrated.record.pk}/?tab=history").content.decode()
    assert schema.old in page
    assert schema.new in page


def test_the_record_as_it_was_shows_it(schema, operation_id, migrated, owner, as_actor, sign_in):
    moment = clock.now() - timedelta(days=1)
    past = as_of(as_actor(owner), migrated.record, moment)
    (field,) = [one for one in past if one.is_changed]
    assert field.name == (schema.becomes or schema.column)
    assert schema.old in str(field.then)
    page = sign_in(owner).get(
        f"/accounts/{migrated.record.pk}/", {"tab": "history", "at": f"{moment:%Y-%m-%dT%H:%M}"}
    )
    assert page.status_code == 200
    assert field.label in page.content.decode()


def test_a_save_from_before_shows_what_it_was(schema, operation_id, migrated, owner, as_actor):
    seen = FieldChange.objects.get(operation=operation_id).version - 1
    values = {schema.becomes: schema.mine} if schema.becomes else {"city": "Bergen"}
    before = now_of(migrated)

    def save():
        return update_record(
            actor=as_actor(owner),
            record_type=ACCOUNT,
            record_id=migrated.record.pk,
            version=seen,
            values=values,
        )

    if not schema.becomes:
        assert save().city == "Bergen"
        return
    with pytest.raises(StaleVersion) as conflict:
        save()
    original = conflict.value.original[schema.becomes]
    assert (original if schema.typed is not None else str(original)) == (schema.typed or schema.old)
    assert now_of(migrated) == before


def test_the_page_of_the_conflict_opens(schema, operation_id, migrated, owner, sign_in):
    seen = FieldChange.objects.get(operation=operation_id).version - 1
    account = migrated.record
    values = filled(
        owner,
        version=seen,
        name=account.name,
        website=account.website,
        employees=account.employees,
    )
    values |= {schema.becomes: schema.mine} if schema.becomes else {"city": "Bergen"}
    answer = sign_in(owner).post(f"/accounts/{account.pk}/edit/", values)
    if schema.becomes:
        assert answer.status_code == 409
        assert schema.old in answer.content.decode()
    else:
        assert answer.status_code == 302
        assert Account.objects.get(pk=account.pk).city == "Bergen"


@pytest.mark.parametrize("is_job", [False, True])
def test_undo_gives_it_back_or_says_why_not(
    schema, operation_id, migrated, owner, as_actor, is_job
):
    before = now_of(migrated)
    why = ""
    if is_job:
        job = begin_undo(actor=as_actor(owner), operations=[operation_id])
        undo_in_batches(job.pk)
        job.refresh_from_db()
        why = "".join(reason for _type, _pk, reason in job.reasons)
    elif schema.typed is None:
        with pytest.raises(RuleViolation) as refusal:
            undo_operation(actor=as_actor(owner), operation_id=operation_id)
        why = str(refusal.value)
    else:
        undo_operation(actor=as_actor(owner), operation_id=operation_id)
    if schema.typed is None:
        assert f"of “Nordfjord” can't get “{schema.old}” back" in why
        assert now_of(migrated) == before
    else:
        assert why == ""
        assert now_of(migrated)[schema.becomes] == schema.typed


def test_restoring_gives_it_back_or_says_why_not(schema, operation_id, migrated, owner, as_actor):
    before = now_of(migrated)

    def restore():
        restore_field(
            actor=as_actor(owner),
            record_type=ACCOUNT,
            record_id=migrated.record.pk,
            change_id=FieldChange.objects.get(operation=operation_id).pk,
            name=schema.becomes or schema.column,
        )

    if schema.typed is None:
        with pytest.raises(RuleViolation, match=r"can't be restored"):
            restore()
        assert now_of(migrated) == before
    else:
        restore()
        assert now_of(migrated)[schema.becomes] == schema.typed
