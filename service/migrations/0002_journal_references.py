"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

RENEWED = """
UPDATE public.crm_journalentry AS entry
SET data = coalesce(
    (
        SELECT jsonb_build_object(
            'contract', jsonb_build_object('type', 'contract', 'id', max(made.id))
        )
        FROM public.service_contract made
        WHERE made.renews_id = entry.record_id
        HAVING max(made.id) IS NOT NULL
    ),
    '{}'
)
WHERE verb = 'contract_renewed' AND data ? 'number'
"""

COPIED = """
UPDATE public.crm_journalentry SET data = '{}'
WHERE verb = 'contract_copied' AND data ? 'number'
"""

COVERED = """
UPDATE public.crm_journalentry SET data = data - 'title' - 'number'
WHERE verb IN ('case_covered', 'allotment_taken', 'allotment_returned') AND NOT data ? 'contract'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('service', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(RENEWED, migrations.RunSQL.noop),
        migrations.RunSQL(COPIED, migrations.RunSQL.noop),
        migrations.RunSQL(COVERED, migrations.RunSQL.noop),
    ]
