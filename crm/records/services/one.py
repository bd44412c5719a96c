"""What can be done to one record of any type: lock, create and change it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import labels
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.errors import AccessDenied, NotVisible, RuleViolation, StaleVersion
from crm.models import Record
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services.announcing import announce, changed_fields, field_names
from crm.records.services.concurrent_edits import merge_values, originals_by_name
from crm.registry.declaration import RecordType
from crm.registry.events import ChangeKind, RecordsAssigned
from crm.registry.registry import registry

# Fields no form, import or request may set through the generic services.
PROTECTED = frozenset(
    {"id", "number", "unit", "version", "created_at", "created_by", "modified_at", "modified_by"}
    | {"deleted_at", "search_text"}
)

_NEEDS_ANOTHER_LOOK = gettext_lazy("Some values need another look.")


def lock_record(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    privilege: Privilege,
    version: int | None = None,
) -> Any:
    """The living row, locked until the transaction ends.

    `version` is the one the reader saw; None takes the row as it is. Raises NotVisible when the
    actor can't see it, AccessDenied when only `privilege` is missing, StaleVersion when the row was
    changed since.
    """
    found = _locked(Actor.system(), record_id, type_key=record_type.key)
    if not found:
        raise NotVisible
    actor.require(privilege, found[0])
    refuse_stale(found[0], version)
    return found[0]


def refuse_stale(record: Record, version: int | None, *, fields: Collection[str] = ()) -> None:
    """Raises StaleVersion when the locked `record` was changed since its reader saw `version`.

    A verb that answers a repeated call with its first result calls this after it has found none,
    so that pressing twice is no conflict; every other passes `version` to `lock_record`. A verb
    that only sets `fields` names them: what others made of the rest is then no conflict.
    """
    if version is None or version == record.version:
        return
    changed = originals_by_name(record, version)
    names = fields or changed.keys() - PROTECTED
    original = {name: value for name, value in changed.items() if name in names}
    theirs = {name: record.serializable_value(name) for name in original}
    if fields and original == theirs:
        return
    raise StaleVersion(
        _("Somebody else changed this meanwhile. Look at it as it is now, then decide again."),
        original=original,
        theirs=theirs,
        yours={},
        version=record.version,
    )


@prepared
def _locked(_actor: Actor, record_id: int, *, type_key: str) -> models.QuerySet[Any]:
    rows = registry.get(type_key).model.objects.alive().filter(pk=record_id)
    return rows.select_for_update(of=("self",), no_key=True)


def refuse_when_locked(record_type: RecordType, record: Record) -> None:
    reason = lock_reason(record_type, record)
    if reason:
        raise RuleViolation(reason)


def lock_reason(record_type: RecordType, record: Record) -> Any:
    """Why the record can't be edited as it stands, or None."""
    if record_type.rules.lock:
        return record_type.rules.lock(record)
    status = record_type.status
    if status and getattr(record, status.field) in status.closed:
        return labels.with_names(
            _("This %(type)s is closed and can't be changed. Reopen it first."), record_type.key
        )
    return None


@operation
def create_record(*, actor: Actor, record_type: RecordType, values: Mapping[str, Any]) -> Any:
    """Creates one record, owned by the actor unless `values` names an owner.

    Journals 'created'; emits RecordsAssigned when it is for somebody else. Raises AccessDenied,
    RuleViolation.
    """
    actor.require_type(Privilege.CREATE, record_type.key)
    record = record_type.model()
    put_values(record, values)
    if record.owner_id is None:
        record.owner_id = actor.id
    _require_owner(actor, record_type, record)
    require_links(actor, record_type, record, values)
    return save_new(record_type, record)


def _require_owner(actor: Actor, record_type: RecordType, record: Any) -> None:
    """For somebody else creates who reaches their records, or may give away what is created.

    Raises AccessDenied.
    """
    if record.owner_id in actor.principal_ids or actor.can(record_type.key, Privilege.ASSIGN):
        return
    units = actor.scope(record_type.key, Privilege.CREATE)
    if not (units.is_everything or record.owner.unit_id in units.unit_ids):
        raise AccessDenied(_("Your roles do not allow creating this for somebody else."))


def save_new(record_type: RecordType, record: Any) -> Any:
    """Inserts a record inside an operation: rules, constraints, journal. Also for services."""
    under_way = current()
    record.created_by_id = record.modified_by_id = under_way.actor.id
    record.created_at = record.modified_at = under_way.at
    check(record_type, record, {})
    with _refused_by_database(record):
        record.save(force_insert=True)
    read_again(record)
    journal("created", record)
    announce(ChangeKind.CREATED, type(record), [record.pk])
    _tell_new_owner(record)
    follow(record_type, record, {})
    return record


def _tell_new_owner(record: Any) -> None:
    if record.owner_id != current().actor.id:
        emit(RecordsAssigned(record.type_key(), record.owner_id, 1, record.pk))


@operation
def update_record(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    version: int | None,
    values: Mapping[str, Any],
) -> Any:
    """Changes one record. `version` is the one the reader saw; None takes the row as it is.

    Changes others made to other fields meanwhile are kept; the same field changed twice
    raises StaleVersion with both values. Locks the row. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    record = lock_record(
        actor=actor, record_type=record_type, record_id=record_id, privilege=Privilege.WRITE
    )
    refuse_when_locked(record_type, record)
    wanted = {name: value for name, value in values.items() if name not in PROTECTED}
    if version is not None and version != record.version:
        wanted = merge_values(record, version, wanted)
    if "owner" in wanted and _id_of(wanted["owner"]) != record.owner_id:
        actor.require(Privilege.ASSIGN, record)
    changes = put_values(record, wanted)
    require_links(actor, record_type, record, changes)
    return save_changed(record_type, record, changes) if changes else record


def save_changed(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> Any:
    """Writes a changed record inside an operation. `changes` maps field -> old value."""
    under_way = current()
    before = {name: getattr(record, name) for name in attributes(record)}
    check(record_type, record, changes)
    derived = {name for name, value in before.items() if getattr(record, name) != value}
    record.modified_at = under_way.at
    record.modified_by_id = under_way.actor.id
    written = changed_fields(record, changes) | field_names(type(record), derived)
    with _refused_by_database(record):
        record.save(update_fields=[*{*changes, *derived}, "modified_at", "modified_by"])
    read_again(record)
    announce(ChangeKind.CHANGED, type(record), [record.pk], written)
    if "owner" in changes:
        _tell_new_owner(record)
    follow(record_type, record, changes)
    return record


def read_again(record: Any) -> None:
    """What triggers, defaults and generated columns have made of the row; links are forgotten."""
    (fresh,) = _row(Actor.system(), record.pk, type_key=record.type_key())
    record.__dict__.update(fresh.__dict__)


@prepared
def _row(_actor: Actor, record_id: int, *, type_key: str) -> models.QuerySet[Any]:
    return registry.get(type_key).model._base_manager.filter(pk=record_id)


def attributes(record: Any) -> list[str]:
    return [
        field_.attname
        for field_ in record._meta.concrete_fields
        if not field_.generated and field_.name not in PROTECTED
    ]


def put_values(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the values that differ and returns the old ones."""
    changes = {}
    for name, value in values.items():
        if name in PROTECTED:
            continue
        field_ = record._meta.get_field(name)
        attribute = field_.attname
        new = _id_of(value) if field_.is_relation else value
        if getattr(record, attribute) != new:
            changes[name] = getattr(record, attribute)
            setattr(record, attribute, new)
    return changes


def _id_of(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def lock_key_share(model: type[Record], record_id: int) -> Any:
    """The living record as the gate needs it, kept from being merged away; None when it is gone.

    A link is looked at, then written: this is the lock that the database takes for the second,
    taken for the first already, so that nothing comes in between. It keeps nobody from editing.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    rows = model._base_manager.raw(
        f"SELECT id, owner_id, unit_id, deleted_at FROM {table}"  # noqa: S608  (a table of ours)
        " WHERE id = %s FOR KEY SHARE",
        [record_id],
    )
    return next((row for row in rows if row.deleted_at is None), None)


def require_links(
    actor: Actor, record_type: RecordType, record: Any, changed: Iterable[str]
) -> None:
    """Linking A to B needs 'append' on A's type and 'append to' on B, which must be visible.

    Holds the records linked to.
    """
    for name in changed:
        field_ = record._meta.get_field(name)
        target = getattr(field_, "related_model", None)
        linked_id = getattr(record, field_.attname)
        if linked_id is None or target is None or not issubclass(target, Record):
            continue
        linked = lock_key_share(target, linked_id)
        if linked is None or not actor.allows(Privilege.READ, linked):
            raise RuleViolation(
                _("Choose one from the list."),
                fields={name: _("This record does not exist, or you may not see it.")},
            )
        is_linkable = actor.allows(Privilege.APPEND_TO, linked)
        if not actor.can(record_type.key, Privilege.APPEND) or not is_linkable:
            raise AccessDenied(_("Your roles do not allow linking these records."))


def check(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> None:
    check_values(record_type, record, changes)
    with _refusing_in_words():
        record.validate_unique(exclude=[*PROTECTED])
        # A condition on a field left out would leave out the constraint: names are taken only by
        # what is not in the bin.
        record.validate_constraints(exclude=[*PROTECTED - {"deleted_at"}])


def check_values(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> None:
    """The type's rules and the fields' own, without asking the database for its constraints."""
    if record_type.rules.before_save:
        record_type.rules.before_save(record, changes)
    links = [field_.name for field_ in record._meta.concrete_fields if field_.is_relation]
    with _refusing_in_words():
        record.clean_fields(exclude=[*links, *PROTECTED])


@contextmanager
def _refused_by_database(record: Any) -> Iterator[None]:
    """What a check of the database forbids, in that check's words.

    Nothing is asked beforehand: each check would cost a statement and a savepoint, and the answer
    is nearly always yes. The transaction is lost; who goes on after a refusal stands in a savepoint
    of their own, as operations within operations do.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        broken = [one for one in record._meta.constraints if one.name == name]
        if not broken:
            raise
        told = str(broken[0].get_violation_error_message())
        raise RuleViolation(_NEEDS_ANOTHER_LOOK, fields={"__all__": told}) from error


@contextmanager
def _refusing_in_words() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise RuleViolation(_NEEDS_ANOTHER_LOOK, fields=_messages(error)) from error


def _messages(error: ValidationError) -> dict[str, object]:
    if not hasattr(error, "error_dict"):
        return {"__all__": " ".join(error.messages)}
    return {name: " ".join(messages) for name, messages in error.message_dict.items()}


def follow(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> None:
    if record_type.rules.after_save:
        record_type.rules.after_save(current(), record, changes)
