"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

QUALIFIED = """
UPDATE public.crm_journalentry
SET data = (data - 'titles') || jsonb_build_object('into', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('type', made.key, 'id', made.value)), '[]')
    FROM jsonb_each((data -> 'created') || (data -> 'used')) made
))
WHERE verb = 'qualified' AND data ? 'titles'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0003_names_sorted'),
    ]

    operations = [
        migrations.RunSQL(QUALIFIED, migrations.RunSQL.noop),
    ]
