from crm.querysets import RecordQuerySet


class AccountQuerySet(RecordQuerySet):
    def customers(self) -> "AccountQuerySet":
        return self.filter(relationship=self.model.Relationship.CUSTOMER)

    def prospects(self) -> "AccountQuerySet":
        return self.filter(relationship=self.model.Relationship.PROSPECT)


class ContactQuerySet(RecordQuerySet):
    def of_account(self, account_id: int) -> "ContactQuerySet":
        return self.filter(account_id=account_id)

    def without_account(self) -> "ContactQuerySet":
        return self.filter(account__isnull=True)
