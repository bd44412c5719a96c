from django.db import models


class Installation(models.Model):
    """The single row says which installation the data belong to, as they knew it themselves.

    In another one - a restored copy, a clone for tests - it names the wrong one, and mail is held
    until an administrator lets it go: `crm.mail.holding`.
    """

    database = models.CharField(max_length=64)  # system identifier of the server / oid
    secret = models.CharField(max_length=64)  # fingerprint of SECRET_KEY
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="crm_installation_one")
        ]

    def __str__(self) -> str:
        return self.database
