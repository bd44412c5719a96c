"""What can be done to a record of any type: create, change, assign, share, bin and restore."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.errors import AccessDenied, CrmError, NotVisible, RuleViolation
from crm.models import Principal, Record, Share
from crm.operations import current, journal, operation
from crm.records.declaration import RecordType
from crm.records.merging import merge_values

# Fields no form, import or request may set through the generic services.
PROTECTED = frozenset(
    {"id", "number", "unit", "version", "created_at", "created_by", "modified_at", "modified_by"}
    | {"deleted_at", "search_text"}
)


@dataclass(frozen=True)
class BulkResult:
    """How many records were changed, and why the others were not (id -> sentence)."""

    done: int
    refused: dict[int, str] = field(default_factory=dict)


def lock_record(
    *, actor: Actor, record_type: RecordType, record_id: int, privilege: Privilege
) -> Any:
    """The living row, locked until the transaction ends.

    Raises NotVisible when the actor can't see it, AccessDenied when only `privilege` is missing.
    """
    record = (
        record_type.model.objects.alive()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=record_id)
    ).first()
    if record is None:
        raise NotVisible
    actor.require(privilege, record)
    return record


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

    Emits nothing; journals 'created'. Raises AccessDenied, RuleViolation.
    """
    actor.require_type(Privilege.CREATE, record_type.key)
    record = record_type.model()
    _put(record, values)
    if record.owner_id is None:
        record.owner_id = actor.id
    require_links(actor, record_type, record, values)
    return save_new(record_type, record)


def save_new(record_type: RecordType, record: Any) -> Any:
    """Inserts a record inside an operation: rules, constraints, journal. Also for services."""
    under_way = current()
    record.created_by_id = record.modified_by_id = under_way.actor.id
    record.created_at = record.modified_at = under_way.at
    _check(record_type, record, {})
    record.save(force_insert=True)
    record.refresh_from_db()
    journal("created", record)
    _after(record_type, record, {})
    return record


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
    changes = _put(record, wanted)
    require_links(actor, record_type, record, changes)
    return save_changed(record_type, record, changes) if changes else record


def save_changed(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> Any:
    """Writes a changed record inside an operation. `changes` maps field -> old value."""
    under_way = current()
    before = {name: getattr(record, name) for name in _concrete(record)}
    _check(record_type, record, changes)
    derived = {name for name, value in before.items() if getattr(record, name) != value}
    record.modified_at = under_way.at
    record.modified_by_id = under_way.actor.id
    record.save(update_fields=[*{*changes, *derived}, "modified_at", "modified_by"])
    record.refresh_from_db()
    _after(record_type, record, changes)
    return record


def _concrete(record: Any) -> list[str]:
    return [
        field_.attname
        for field_ in record._meta.concrete_fields
        if not field_.generated and field_.name not in PROTECTED
    ]


def _put(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
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


def require_links(
    actor: Actor, record_type: RecordType, record: Any, changed: Iterable[str]
) -> None:
    """Linking A to B needs 'append' on A's type and 'append to' on B, which must be visible."""
    for name in changed:
        field_ = record._meta.get_field(name)
        target = getattr(field_, "related_model", None)
        linked_id = getattr(record, field_.attname)
        if linked_id is None or target is None or not issubclass(target, Record):
            continue
        if not target.objects.visible_to(actor).filter(pk=linked_id).exists():
            raise RuleViolation(
                _("Choose one from the list."),
                fields={name: _("This record does not exist, or you may not see it.")},
            )
        reachable = target.objects.visible_to(actor, Privilege.APPEND_TO).filter(pk=linked_id)
        if not actor.can(record_type.key, Privilege.APPEND) or not reachable.exists():
            raise AccessDenied(_("Your roles do not allow linking these records."))


def _check(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> None:
    if record_type.rules.before_save:
        record_type.rules.before_save(record, changes)
    links = [field_.name for field_ in record._meta.concrete_fields if field_.is_relation]
    try:
        record.clean_fields(exclude=[*links, *PROTECTED])
        record.validate_unique(exclude=[*PROTECTED])
        record.validate_constraints(exclude=[*PROTECTED])
    except ValidationError as error:
        raise RuleViolation(_("Some values need another look."), fields=_messages(error)) from error


def _messages(error: ValidationError) -> dict[str, object]:
    if not hasattr(error, "error_dict"):
        return {"__all__": " ".join(error.messages)}
    return {name: " ".join(messages) for name, messages in error.message_dict.items()}


def _after(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> None:
    if record_type.rules.after_save:
        record_type.rules.after_save(current(), record, changes)


def _locked(actor: Actor, record_type: RecordType, ids: Iterable[int]) -> Any:
    """The visible rows among `ids`, locked in key order."""
    rows = record_type.model.objects.visible_to(actor).filter(pk__in=list(ids))
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def _each(
    *,
    actor: Actor,
    record_type: RecordType,
    ids: Iterable[int],
    privilege: Privilege,
    change: Any,
) -> BulkResult:
    done, refused = 0, {}
    for record in _locked(actor, record_type, ids):
        try:
            actor.require(privilege, record)
            change(record)
            done += 1
        except CrmError as error:
            refused[record.pk] = str(error)
    return BulkResult(done=done, refused=refused)


@operation
def bulk_update_records(
    *, actor: Actor, record_type: RecordType, ids: Iterable[int], values: Mapping[str, Any]
) -> BulkResult:
    """Sets the same values on many records; each refusal is reported, the others are done."""

    def change(record: Any) -> None:
        refuse_when_locked(record_type, record)
        changes = _put(record, values)
        require_links(actor, record_type, record, changes)
        if changes:
            save_changed(record_type, record, changes)

    return _each(
        actor=actor, record_type=record_type, ids=ids, privilege=Privilege.WRITE, change=change
    )


@operation
def assign_records(
    *, actor: Actor, record_type: RecordType, ids: Iterable[int], owner_id: int
) -> BulkResult:
    """Gives records to another user or team. Journals 'assigned'."""
    owner = Principal.objects.filter(pk=owner_id).first()
    if owner is None:
        raise RuleViolation(
            _("Choose who gets the records."), fields={"owner": _("There is nobody with this id.")}
        )

    def change(record: Any) -> None:
        changes = _put(record, {"owner": owner})
        if changes:
            save_changed(record_type, record, changes)
            journal("assigned", record, to=owner.name)

    return _each(
        actor=actor, record_type=record_type, ids=ids, privilege=Privilege.ASSIGN, change=change
    )


@operation
def delete_records(*, actor: Actor, record_type: RecordType, ids: Iterable[int]) -> BulkResult:
    """Puts records into the bin, from where they can be restored. Journals 'deleted'."""

    def change(record: Any) -> None:
        if record_type.rules.before_delete:
            record_type.rules.before_delete(record)
        _stamp(record, deleted_at=current().at)
        journal("deleted", record)

    return _each(
        actor=actor, record_type=record_type, ids=ids, privilege=Privilege.DELETE, change=change
    )


@operation
def restore_records(*, actor: Actor, record_type: RecordType, ids: Iterable[int]) -> BulkResult:
    """Takes records out of the bin. Journals 'restored'."""
    rows = record_type.model.objects.in_bin().reachable_by(actor, Privilege.DELETE)
    done = 0
    for record in (
        rows.filter(pk__in=list(ids)).order_by("pk").select_for_update(of=("self",), no_key=True)
    ):
        _stamp(record, deleted_at=None)
        journal("restored", record)
        done += 1
    return BulkResult(done=done)


def _stamp(record: Any, **values: Any) -> None:
    under_way = current()
    for name, value in values.items():
        setattr(record, name, value)
    record.modified_at, record.modified_by_id = under_way.at, under_way.actor.id
    record.save(update_fields=[*values, "modified_at", "modified_by"])


SHAREABLE = (
    Privilege.READ,
    Privilege.WRITE,
    Privilege.DELETE,
    Privilege.APPEND_TO,
    Privilege.ASSIGN,
    Privilege.SHARE,
)


@operation
def share_record(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    principal_id: int,
    privileges: Iterable[Privilege],
) -> None:
    """Replaces what one user or team may do with one record; an empty list takes all away.

    Nobody gives more than they have. Journals 'shared'.
    """
    record = lock_record(
        actor=actor, record_type=record_type, record_id=record_id, privilege=Privilege.SHARE
    )
    wanted = set(privileges) | ({Privilege.READ} if privileges else set())
    for privilege in wanted:
        if privilege not in SHAREABLE or not actor.allows(privilege, record):
            raise AccessDenied(_("You can't give more rights than you have."))
    shares = Share.objects.filter(
        record_type=record_type.key, record_id=record.pk, principal_id=principal_id
    )
    shares.exclude(privilege__in=wanted).delete()
    Share.objects.bulk_create(
        [
            Share(
                record_type=record_type.key,
                record_id=record.pk,
                principal_id=principal_id,
                privilege=privilege,
                granted_by_id=actor.id,
                granted_at=current().at,
            )
            for privilege in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    journal(
        "shared" if wanted else "unshared",
        record,
        to=Principal.objects.get(pk=principal_id).name,
        privileges=sorted(wanted),
    )
