from datetime import timedelta
from typing import Self

from django.db import connection

from crm import clock
from crm.models.querysets import RecordQuerySet

_ANCESTORS = """
WITH RECURSIVE ancestor AS (
    SELECT id, parent_id FROM accounts_account WHERE id = %s
    UNION
    SELECT account.id, account.parent_id
    FROM accounts_account account JOIN ancestor ON account.id = ancestor.parent_id
)
SELECT id FROM ancestor
"""


_LOCK_CHAINS = "SELECT pg_advisory_xact_lock(hashtext('accounts_account.parent_id'))"


class NewRecords(RecordQuerySet):
    def created_since(self, *, days: int) -> Self:
        return self.filter(created_at__gte=clock.now() - timedelta(days=days))


class AccountQuerySet(NewRecords):
    def customers(self) -> "AccountQuerySet":
        return self.filter(relationship=self.model.Relationship.CUSTOMER)

    def prospects(self) -> "AccountQuerySet":
        return self.filter(relationship=self.model.Relationship.PROSPECT)

    def chain_ids(self, account_id: int) -> set[int]:
        """The account and all it belongs to, however far up.

        One transaction at a time may look before it links: two of them could close a circle.
        """
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_CHAINS)
            cursor.execute(_ANCESTORS, [account_id])
            return {row[0] for row in cursor.fetchall()}


class ContactQuerySet(NewRecords):
    def without_account(self) -> "ContactQuerySet":
        return self.filter(account__isnull=True)
