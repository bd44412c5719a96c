"""One change to many records: rules are asked row by row in Python, rows are written together.

A batch takes a fixed number of queries as long as the type's own rules take none. Only when the
database refuses a whole batch is it written row by row, to find out which row is in the way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import CrmError, RuleViolation
from crm.models import Principal, Record, User
from crm.models.levels import Privilege
from crm.operations import current, emit, journal_all, operation
from crm.records.services.announcing import DELETED, announce, announce_each, field_names
from crm.records.services.one import (
    attributes,
    check_values,
    follow,
    lock_record,
    put_values,
    refuse_stale,
    refuse_when_locked,
    require_links,
    save_changed,
)
from crm.registry.declaration import RecordType
from crm.registry.events import ChangeKind, RecordsAssigned

BATCH = 500

Versions = Mapping[int, int | None]  # row -> the version its reader saw; None or no entry: as it is
NO_VERSIONS: Versions = MappingProxyType({})


@dataclass(frozen=True)
class BulkResult:
    """How many records were changed, and why the others were not (id -> sentence)."""

    done: int
    refused: dict[int, str] = field(default_factory=dict)

    def __add__(self, other: "BulkResult") -> "BulkResult":
        return BulkResult(self.done + other.done, self.refused | other.refused)


@dataclass(frozen=True)
class Changed:
    """A record with new values set: the old ones of what was asked, and all that differs."""

    record: Any
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@operation
def bulk_update_records(
    *,
    actor: Actor,
    record_type: RecordType,
    ids: Iterable[int],
    values: Mapping[str, Any],
    versions: Versions = NO_VERSIONS,
) -> BulkResult:
    """Sets the same values on many records; each refusal is reported, the others are done.

    Locks the visible rows in key order, a batch at a time. A row that was changed since the version
    in `versions` is refused.
    """
    edit = _Edit(actor, record_type, values)

    def may(record: Any) -> None:
        actor.require(Privilege.WRITE, record)
        refuse_stale(record, versions.get(record.pk))
        refuse_when_locked(record_type, record)
        if "owner" in edit.differing(record):
            actor.require(Privilege.ASSIGN, record)

    return _in_batches(ids, lambda batch: edit.write(batch, may=may))


@operation
def assign_records(
    *,
    actor: Actor,
    record_type: RecordType,
    ids: Iterable[int],
    owner_id: int,
    versions: Versions = NO_VERSIONS,
) -> BulkResult:
    """Gives records to another user or team. Locks them in key order; journals 'assigned'.

    Emits RecordsAssigned, once per batch. A row that was changed since the version in `versions` is
    refused.
    """
    owner = Principal.objects.filter(pk=owner_id).first()
    if owner is None:
        raise RuleViolation(
            _("Choose who gets the records."), fields={"owner": _("There is nobody with this id.")}
        )
    if User.objects.filter(pk=owner_id, is_active=False).exists():
        raise RuleViolation(
            _("Choose who gets the records."), fields={"owner": _("This user was deactivated.")}
        )
    edit = _Edit(actor, record_type, {"owner": owner})

    def may(record: Any) -> None:
        actor.require(Privilege.ASSIGN, record)
        refuse_stale(record, versions.get(record.pk))

    def tell(changed: list[Any]) -> None:
        journal_all("assigned", changed, to=owner.name)

    return _in_batches(ids, lambda batch: edit.write(batch, may=may, tell=tell))


@operation
def assign_record(
    *,
    actor: Actor,
    record_type: RecordType,
    record_id: int,
    owner_id: int,
    version: int | None = None,
) -> None:
    """As `assign_records`, of one record. Raises StaleVersion if it changed since `version`."""
    lock_record(
        actor=actor,
        record_type=record_type,
        record_id=record_id,
        privilege=Privilege.ASSIGN,
        version=version,
    )
    result = assign_records(
        actor=actor, record_type=record_type, ids=[record_id], owner_id=owner_id
    )
    _refuse_one(result, record_id)


@operation
def delete_record(
    *, actor: Actor, record_type: RecordType, record_id: int, version: int | None = None
) -> None:
    """As `delete_records`, of one record. Raises StaleVersion if it changed since `version`."""
    lock_record(
        actor=actor,
        record_type=record_type,
        record_id=record_id,
        privilege=Privilege.DELETE,
        version=version,
    )
    _refuse_one(delete_records(actor=actor, record_type=record_type, ids=[record_id]), record_id)


def _refuse_one(result: BulkResult, record_id: int) -> None:
    if result.refused:
        raise RuleViolation(result.refused[record_id])


@operation
def delete_records(
    *,
    actor: Actor,
    record_type: RecordType,
    ids: Iterable[int],
    versions: Versions = NO_VERSIONS,
) -> BulkResult:
    """Puts records into the bin, from where they can be restored. Journals 'deleted'.

    Locks the visible rows in key order, a batch at a time. A row that was changed since the version
    in `versions` is refused.
    """

    def may(record: Any) -> None:
        actor.require(Privilege.DELETE, record)
        refuse_stale(record, versions.get(record.pk))
        if record_type.rules.before_delete:
            record_type.rules.before_delete(record)

    def delete(batch: list[int]) -> BulkResult:
        going, refused = _sifted(locked(actor, record_type, batch), may)
        _stamp(record_type, going, ChangeKind.DELETED, deleted_at=current().at)
        journal_all("deleted", going)
        return BulkResult(len(going), refused)

    return _in_batches(ids, delete)


@operation
def restore_records(*, actor: Actor, record_type: RecordType, ids: Iterable[int]) -> BulkResult:
    """Takes records out of the bin. Journals 'restored'; whose place is taken stays there.

    What was merged into another record comes back by undoing that, with all it had.
    """

    def restore(batch: list[int]) -> BulkResult:
        rows = record_type.model.objects.in_bin().unmerged()
        rows = rows.reachable_by(actor, Privilege.DELETE)
        return restore_rows(record_type, list(_in_key_order(rows.filter(pk__in=batch))))

    return _in_batches(ids, restore)


def restore_rows(record_type: RecordType, rows: list[Any]) -> BulkResult:
    """Takes locked rows out of the bin. Journals 'restored', emits RecordsChanged."""
    try:
        with transaction.atomic():
            _stamp(record_type, rows, ChangeKind.RESTORED, deleted_at=None)
    except IntegrityError:
        if len(rows) > 1:
            return sum((restore_rows(record_type, [row]) for row in rows), BulkResult(0))
        taken = _("“%(record)s” can't go back: another record has taken its place.")
        return BulkResult(0, {rows[0].pk: taken % {"record": rows[0]}})
    journal_all("restored", rows)
    return BulkResult(len(rows))


def _in_batches(ids: Iterable[int], work: Callable[[list[int]], BulkResult]) -> BulkResult:
    return sum((work(batch) for batch in batches(ids)), BulkResult(0))


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in key order, so that no two batches wait for each other in a circle."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def locked(actor: Actor, record_type: RecordType, ids: list[int]) -> Any:
    """The visible rows among `ids`, locked in key order."""
    return _in_key_order(record_type.model.objects.visible_to(actor).filter(pk__in=ids))


def _in_key_order(rows: Any) -> Any:
    plain = rows.defer("search_text").order_by("pk")
    return plain.select_for_update(of=("self",), no_key=True)


def _sifted(rows: Iterable[Any], may: Callable[[Any], None]) -> tuple[list[Any], dict[int, str]]:
    going, refused = [], {}
    for record in rows:
        try:
            may(record)
            going.append(record)
        except CrmError as error:
            refused[record.pk] = str(error)
    return going, refused


def _stamp(
    record_type: RecordType, rows: list[Record], kind: ChangeKind, *, deleted_at: datetime | None
) -> None:
    ids = [row.pk for row in rows]
    record_type.model._base_manager.filter(pk__in=ids).update(deleted_at=deleted_at, **touched())
    announce(kind, record_type.model, ids, DELETED)


def touched() -> dict[str, Any]:
    return {"modified_at": current().at, "modified_by_id": current().actor.id}


class _Edit:
    """The same values for many records, with what all rows of it share asked once."""

    def __init__(self, actor: Actor, record_type: RecordType, values: Mapping[str, Any]) -> None:
        self.actor = actor
        self.record_type = record_type
        self.values = values
        self.asked: dict[str, CrmError | None] = {}

    def differing(self, record: Any) -> set[str]:
        return {
            name
            for name, value in self.values.items()
            if getattr(record, record._meta.get_field(name).attname) != getattr(value, "pk", value)
        }

    def write(
        self,
        ids: list[int],
        *,
        may: Callable[[Any], None],
        tell: Callable[[list[Any]], None] = lambda changed: None,
    ) -> BulkResult:
        """Changes a batch together, or where the database or a rule refuses that, alone."""
        going, refused = _sifted(locked(self.actor, self.record_type, ids), may)
        changes: list[Changed] = []
        ready, unfit = _sifted(going, lambda record: changes.extend(self._prepared(record)))
        try:
            with transaction.atomic():
                self._write(changes)
        except (CrmError, IntegrityError):
            return self._write_alone([row.pk for row in going], refused, tell)
        tell([change.record for change in changes])
        return BulkResult(len(ready), refused | unfit)

    def _prepared(self, record: Any) -> list[Changed]:
        """Sets the values and what follows from them; nothing when they are there already."""
        before = {name: getattr(record, name) for name in attributes(record)}
        old = put_values(record, self.values)
        if not old:
            return []
        self._require_links(record, old)
        check_values(self.record_type, record, old)
        new = {
            name: getattr(record, name)
            for name, value in before.items()
            if getattr(record, name) != value
        }
        return [Changed(record, old, new)] if new else []

    def _require_links(self, record: Any, changed: Iterable[str]) -> None:
        """Every row gets the same links: whether they are allowed is asked once."""
        for name in changed:
            if name not in self.asked:
                self.asked[name] = self._refusal(record, name)
            if error := self.asked[name]:
                raise error

    def _refusal(self, record: Any, name: str) -> CrmError | None:
        try:
            require_links(self.actor, self.record_type, record, [name])
        except CrmError as error:
            return error
        return None

    def _write(self, changes: list[Changed]) -> None:
        if not changes:
            return
        rows: Any = self.record_type.model._base_manager
        ids = [change.record.pk for change in changes]
        if all(change.new == changes[0].new for change in changes):
            rows.filter(pk__in=ids).update(**changes[0].new, **touched())
        else:
            _write_each(rows, changes)
        model = self.record_type.model
        announce_each(model, ((one.record.pk, field_names(model, one.new)) for one in changes))
        self._tell_new_owner(changes)
        if self.record_type.rules.after_save:
            fresh = rows.defer("search_text").in_bulk(ids)
            for change in changes:
                follow(self.record_type, fresh[change.record.pk], change.old)

    def _tell_new_owner(self, changes: list[Changed]) -> None:
        """All get the same one."""
        given = [change.record for change in changes if "owner" in change.old]
        if given and given[0].owner_id != self.actor.id:
            single = given[0].pk if len(given) == 1 else None
            emit(RecordsAssigned(self.record_type.key, given[0].owner_id, len(given), single))

    def _write_alone(
        self, ids: list[int], refused: dict[int, str], tell: Callable[[list[Any]], None]
    ) -> BulkResult:
        changed, done = [], 0
        for record in locked(self.actor, self.record_type, ids):
            try:
                with transaction.atomic():
                    changed += self._saved(record)
                done += 1
            except CrmError as error:
                refused = refused | {record.pk: str(error)}
            except IntegrityError:
                refused = refused | {record.pk: _("Some values need another look.")}
        tell(changed)
        return BulkResult(done, refused)

    def _saved(self, record: Any) -> list[Any]:
        old = put_values(record, self.values)
        self._require_links(record, old)
        return [save_changed(self.record_type, record, old)] if old else []


def _write_each(rows: Any, changes: list[Changed]) -> None:
    """One statement for rows whose rules made different values of the same change."""
    for change in changes:
        for name, value in touched().items():
            setattr(change.record, name, value)
    names = {name for change in changes for name in change.new} | set(touched())
    fields = [field_.name for field_ in rows.model._meta.concrete_fields if field_.attname in names]
    rows.bulk_update([change.record for change in changes], fields)
