"""A migration operation that keeps the history of a renamed column readable."""

from django.db import migrations


def record_rename(record_type: str, *, old: str, new: str) -> migrations.RunSQL:
    """Says that the column `old` of a record type is called `new` from now on.

    Stands beside the RenameField. The names are those of columns: 'account_id' for a link
    'account'. The history keeps the old name; pages, conflicts, Undo and restoring look through it.
    """
    values = (record_type, old, new)
    insert = "INSERT INTO public.crm_columnrename (record_type, old, new) VALUES (%s, %s, %s)"
    delete = "DELETE FROM public.crm_columnrename WHERE (record_type, old, new) = (%s, %s, %s)"
    return migrations.RunSQL(
        [(f"{insert} ON CONFLICT DO NOTHING", values)],
        [(delete, values)],
    )
