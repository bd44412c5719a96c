from django.db import models


class AccessVersion(models.Model):
    """One row counts the changes of what one user may: the cache version of the user's grants.

    Triggers raise it when roles, teams, managers or units change for the user; without a row
    nothing has changed yet.
    """

    user_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.version}"
