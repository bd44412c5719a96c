"""The vocabulary of access: what one may do, and how far."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Privilege(models.TextChoices):
    CREATE = "create", _("Create")
    READ = "read", _("Read")
    WRITE = "write", _("Write")
    DELETE = "delete", _("Delete")
    APPEND = "append", _("Append")
    APPEND_TO = "append_to", _("Append to")
    ASSIGN = "assign", _("Assign")
    SHARE = "share", _("Share")
    EXPORT = "export", _("Export")
    MERGE = "merge", _("Merge")


class Level(models.IntegerChoices):
    """How far a privilege reaches, each level including the ones before it."""

    NONE = 0, _("None")
    OWN = 1, _("Own")
    UNIT = 2, _("Unit")
    DEEP = 3, _("Unit and below")
    ORGANISATION = 4, _("Organisation")
