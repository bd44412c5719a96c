"""The table of a merge: fields as rows, records as columns, and what is proposed to stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import labels
from crm.access.actor import HIDDEN_RECORD, Actor
from crm.company.settings import company
from crm.models import Principal
from crm.models.levels import Privilege
from crm.records.lists.cells import is_hidden
from crm.records.lists.tables import field_columns
from crm.records.merging.comparing import (
    Choices,
    compared_fields,
    differs,
    filled,
    is_blank,
    proposed_choices,
    proposed_survivor,
)
from crm.records.merging.merged_records import brought_along
from crm.registry.declaration import RecordType

AS_TEXT = frozenset({"record", "link", "email", "web"})  # no links beside what one chooses by


@dataclass(frozen=True)
class Head:
    """A record's column: what it is called, and what it would bring along."""

    record: Any
    number: str
    brings: str
    is_survivor: bool


@dataclass(frozen=True)
class Choice:
    """One record's value of a field; `can_stay` is False for what the reader may not see."""

    record: Any
    shown: Any
    is_chosen: bool
    can_stay: bool


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    choices: tuple[Choice, ...]
    note: Any = ""
    error: Any = ""


class SideBySide:
    """The records of a merge as their reader compares them, the oldest first."""

    def __init__(
        self,
        actor: Actor,
        record_type: RecordType,
        records: Sequence[Any],
        *,
        survivor_id: int | None = None,
        chosen: Choices | None = None,
        errors: Mapping[str, object] | None = None,
    ) -> None:
        self.actor, self.record_type = actor, record_type
        self.records = sorted(records, key=lambda one: (one.created_at, one.pk))
        self._fields = [one for one in compared_fields(record_type) if self._is_free(one)]
        self._columns = {
            one.name: one
            for part in record_type.sections
            for one in field_columns(record_type, part)
        }
        self._errors = errors or {}
        self.proposed = proposed_survivor(self.records, self._fields)
        ids = {one.pk for one in records}
        self.survivor_id = survivor_id if survivor_id in ids else self.proposed.pk
        self._chosen = self._choices(chosen or {}, ids)
        self._brings = brought_along(actor, record_type, ids)

    def _is_free(self, field: Any) -> bool:
        """Whose a record is may choose who may give each of them away."""
        if field.name != "owner":
            return True
        return all(self.actor.allows(Privilege.ASSIGN, one) for one in self.records)

    def _choices(self, chosen: Choices, ids: set[int]) -> dict[str, int]:
        survivor = next(one for one in self.records if one.pk == self.survivor_id)
        choices = proposed_choices(self.record_type, self.records, survivor, self._fields)
        for name, pk in choices.items():
            if name in chosen and chosen[name] in ids:
                choices[name] = chosen[name]
            elif not self._can_stay(name, next(one for one in self.records if one.pk == pk)):
                choices[name] = survivor.pk
        return choices

    @property
    def heads(self) -> list[Head]:
        number = self.record_type.number
        return [
            Head(
                record=one,
                number=getattr(one, number) if number else "",
                brings=", ".join(self._brings[one.pk]),
                is_survivor=one.pk == self.survivor_id,
            )
            for one in self.records
        ]

    @property
    def differing(self) -> list[Row]:
        return [self._row(one) for one in self._fields if differs(self.records, one)]

    @property
    def alike(self) -> list[tuple[str, Any]]:
        """Label and value of the fields in which all say the same, but for empty ones."""
        first = self.records[0]
        same = [one for one in self._fields if not differs(self.records, one)]
        told = [one for one in same if not is_blank(getattr(first, one.attname))]
        told = [one for one in told if getattr(first, one.attname) is not False]
        return [(self._label(one), self._shown(one, first)) for one in told]

    @property
    def reason(self) -> str:
        """Why this one is proposed to stay."""
        counts = [filled(one, self._fields) for one in self.records]
        if min(counts) == max(counts):
            return _("“%(record)s” is proposed to stay: it is the oldest.") % {
                "record": self.proposed
            }
        return _(
            "“%(record)s” is proposed to stay: it has the most fields filled in, %(count)s of"
            " %(all)s."
        ) % {"record": self.proposed, "count": max(counts), "all": len(self._fields)}

    @property
    def consequences(self) -> list[str]:
        told = [self._what_happens()]
        told += [
            _("If it goes, “%(record)s” hands over %(things)s.")
            % {"record": one, "things": ", ".join(self._brings[one.pk])}
            for one in self.records
            if self._brings[one.pk]
        ]
        told.append(_("What you may not see moves along, and so does who it was shared with."))
        days = company().bin_days
        told.append(
            ngettext(
                "You can undo this for %(days)s day.", "You can undo this for %(days)s days.", days
            )
            % {"days": days}
        )
        return told

    def _what_happens(self) -> str:
        others = len(self.records) - 1
        if self.record_type.merge.retire:
            told = ngettext(
                "One stays, with the values chosen above. The other one is closed as merged; its"
                " page leads to the one that stays.",
                "One stays, with the values chosen above. The %(count)s others are closed as"
                " merged; their pages lead to the one that stays.",
                others,
            )
        else:
            told = ngettext(
                "One stays, with the values chosen above. The other one leaves lists, look-ups and"
                " search; whoever opens it is led to the one that stays.",
                "One stays, with the values chosen above. The %(count)s others leave lists,"
                " look-ups and search; whoever opens them is led to the one that stays.",
                others,
            )
        return told % {"count": others}

    def _row(self, field: Any) -> Row:
        return Row(
            name=field.name,
            label=self._label(field),
            choices=tuple(
                Choice(
                    record=one,
                    shown=self._shown(field, one),
                    is_chosen=self._chosen[field.name] == one.pk,
                    can_stay=self._can_stay(field.name, one),
                )
                for one in self.records
            ),
            note=_("One refusal counts for all, unless you choose otherwise.")
            if field.name in self.record_type.merge.stricter
            else "",
            error=self._errors.get(field.name, ""),
        )

    def _label(self, field: Any) -> str:
        return labels.field_label(self.record_type.key, field.name)

    def _can_stay(self, name: str, record: Any) -> bool:
        """A link the reader can't follow stays only with the record that has it."""
        field = record._meta.get_field(name)
        if not isinstance(field, models.ForeignKey) or record.pk == self.survivor_id:
            return True
        linked = None if getattr(record, field.attname) is None else getattr(record, name)
        return not is_hidden(linked, self.actor)

    def _shown(self, field: Any, record: Any) -> Any:
        column = self._columns[field.name]
        if isinstance(field, models.BooleanField):
            return _("Yes") if getattr(record, field.attname) else _("No")
        if column.kind in AS_TEXT:
            value = column.value(record)
            is_secret = value is not None and is_hidden(value, self.actor)
            return HIDDEN_RECORD if is_secret else str(value or "")
        return column.html(record, self.actor)


def links_read(record_type: RecordType) -> list[str]:
    """The links whose titles the table shows, to be read along."""
    return [
        one.name
        for one in compared_fields(record_type)
        if isinstance(one, models.ForeignKey) and one.related_model is not Principal
    ] + ["owner"]
