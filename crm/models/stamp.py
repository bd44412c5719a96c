from django.db import models


class Stamp(models.Model):
    """One row counts the changes of one kind of setting ('labels', 'access').

    Triggers raise it, so every process sees at its next request that what it keeps in
    memory is out of date, whoever changed it and however.
    """

    name = models.CharField(max_length=24, primary_key=True)
    version = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
