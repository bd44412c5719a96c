"""Who gets a mailing, who doesn't and why: judged in the database, in one statement.

The same statement counts the audience before launch and writes the recipients at launch.
A person who may not see a member knows nothing of it, so neither counts nor mails it.
When one record of an address asked for no mail, no other record with this address gets it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Value

from accounts.models import Account, Contact
from crm.access.actor import Actor
from leads.models import Lead
from marketing.message.addresses import HASH_SQL, KEY_SQL
from marketing.models import CampaignActivity, ListMember, Recipient

NEVER: Any = Value(False, output_field=models.BooleanField())
_TYPES: dict[str, tuple[Any, str, Any]] = {
    "contact": (Contact, "full_name", NEVER),
    "lead": (
        Lead,
        "name",
        models.Case(
            models.When(state=Lead.State.OPEN, then=NEVER),
            default=Value(True, output_field=models.BooleanField()),
        ),
    ),
    "account": (Account, "name", NEVER),
}

# What a mail server without SMTPUTF8 takes: the local part is ASCII, the domain may be anything.
_BAD = r"""\s<>,;:@\\"()\[\]"""
LOOKS_RIGHT = rf"^(?:(?![{_BAD}])[!-~])+@[^{_BAD}]+\.[^{_BAD}.]+$"

_JUDGED = f"""
WITH keyed AS (
    SELECT member.*, {KEY_SQL.format(column="address")} AS address_key
    FROM ({{members}})
        AS member (rank, record_type, record_id, name, address, no_email, no_bulk, is_closed)
), judged AS (
    SELECT keyed.*, CASE
        WHEN keyed.address_key = '' THEN 'no_address'
        WHEN keyed.address_key !~ %(looks_right)s THEN 'bad_address'
        WHEN bool_or(no_email) OVER same THEN 'do_not_email'
        WHEN bool_or(no_bulk) OVER same THEN 'do_not_bulk_email'
        WHEN suppression.reason IS NOT NULL THEN suppression.reason
        WHEN is_closed THEN 'closed'
        WHEN %(quiet_days)s > 0 AND EXISTS (
            SELECT 1 FROM marketing_recipient earlier
            WHERE earlier.address_key = keyed.address_key AND earlier.state = 'sent'
              AND earlier.finished_at
                  > statement_timestamp() - make_interval(days => %(quiet_days)s)
              AND earlier.activity_id <> %(activity)s
        ) THEN 'recent'
        WHEN row_number() OVER first_of_same > 1 THEN 'duplicate'
        ELSE '' END AS reason
    FROM keyed
    LEFT JOIN marketing_suppression suppression
        ON suppression.address_hash = {HASH_SQL.format(key="keyed.address_key")}
    WINDOW same AS (PARTITION BY keyed.address_key),
        first_of_same AS (PARTITION BY keyed.address_key ORDER BY is_closed, rank, record_id)
)
"""  # noqa: S608

_COUNT = _JUDGED + "SELECT reason, count(*) FROM judged GROUP BY reason"  # noqa: S608

_SAMPLE = (
    _JUDGED  # noqa: S608
    + "SELECT record_type, record_id, name, address, reason FROM judged"
    + " WHERE %(reason)s::text IS NULL OR reason = %(reason)s"
    + " ORDER BY name, record_type, record_id LIMIT %(limit)s OFFSET %(offset)s"
)

_SNAPSHOT = (
    _JUDGED
    + """
INSERT INTO marketing_recipient (
    activity_id, record_type, record_id, name, address, address_key, key, state, reason, note,
    attempts, due_at, message_id, finished_at
)
SELECT %(activity)s, record_type, record_id, left(name, 200), address, address_key,
    gen_random_uuid(), CASE WHEN reason = '' THEN 'pending' ELSE 'skipped' END, reason, '',
    0, %(at)s, '', CASE WHEN reason = '' THEN NULL ELSE %(at)s::timestamptz END
FROM judged ORDER BY name, record_type, record_id
ON CONFLICT DO NOTHING
"""
)


@dataclass(frozen=True)
class Audience:
    """How many get it, and how many don't, by reason."""

    reached: int
    left_out: dict[str, int]

    @property
    def total(self) -> int:
        return self.reached + sum(self.left_out.values())

    @property
    def missed(self) -> int:
        return self.total - self.reached

    def reasons(self) -> list[tuple[str, Any, int]]:
        """(reason, its words, people), the most frequent first."""
        ordered = sorted(self.left_out.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(reason, Recipient.Reason(reason).label, count) for reason, count in ordered]


@dataclass(frozen=True)
class Member:
    record_type: str
    record_id: int
    name: str
    address: str
    reason: str

    @property
    def key(self) -> str:
        return f"{self.record_type}-{self.record_id}"

    @property
    def why(self) -> Any:
        return Recipient.Reason(self.reason).label if self.reason else ""


def count_audience(actor: Actor, activity: CampaignActivity) -> Audience:
    statement = _statement(actor, activity, _COUNT)
    if statement is None:
        return Audience(0, {})
    counts = dict(_run(*statement))
    return Audience(counts.pop("", 0), counts)


def audience_members(
    actor: Actor,
    activity: CampaignActivity,
    *,
    reason: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> list[Member]:
    """Members by name; `reason` '' is those who get it, None everybody."""
    statement = _statement(actor, activity, _SAMPLE, reason=reason, limit=limit, offset=offset)
    return [Member(*row) for row in _run(*statement)] if statement else []


def write_recipients(actor: Actor, activity: CampaignActivity, *, at: Any) -> int:
    """Writes a row per member, decided. Rows that stand already stay; returns the new ones."""
    statement = _statement(actor, activity, _SNAPSHOT, at=at)
    if statement is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.rowcount


def _run(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _statement(
    actor: Actor, activity: CampaignActivity, template: str, **values: Any
) -> tuple[str, dict[str, Any]] | None:
    """The statement over the members the actor may see; None when there are none at all."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    for sql, given in _members(actor, activity):
        names = [f"m{len(params) + number}" for number in range(len(given))]
        parts.append(sql % tuple(f"%({name})s" for name in names))
        params |= dict(zip(names, given, strict=True))
    if not parts:
        return None
    params |= {
        "looks_right": LOOKS_RIGHT,
        "quiet_days": activity.quiet_days,
        "activity": activity.pk,
        **values,
    }
    return template.replace("{members}", " UNION ALL ".join(parts)), params


def _members(actor: Actor, activity: CampaignActivity) -> Iterator[tuple[str, Any]]:
    """Per type: SQL of the visible members of the mailing's lists, and its parameters."""
    lists = list(activity.lists.visible_to(actor).values_list("pk", "member_type"))
    for rank, (type_key, (model, name, is_closed)) in enumerate(_TYPES.items()):
        ids = [pk for pk, member_type in lists if member_type == type_key]
        if not ids:
            continue
        on_lists = ListMember.objects.filter(list__in=ids, member_type=type_key)
        rows = model.objects.visible_to(actor).filter(pk__in=on_lists.values("member_id"))
        selected = rows.order_by().values_list(
            Value(rank),
            Value(type_key),
            "pk",
            name,
            "email",
            "do_not_email",
            "do_not_bulk_email",
            is_closed,
        )
        try:
            yield selected.query.sql_with_params()
        except EmptyResultSet:
            continue
