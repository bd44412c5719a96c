"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

RIVALS = """
UPDATE public.crm_journalentry
SET data = jsonb_build_object(
    'competitor', jsonb_build_object('type', 'competitor', 'id', data -> 'id')
)
WHERE verb IN ('competitor_added', 'competitor_removed') AND data ? 'id'
"""

LOST = """
UPDATE public.crm_journalentry AS entry
SET data = jsonb_set(entry.data, '{competitor}', coalesce(
    (
        SELECT jsonb_build_object('type', 'competitor', 'id', deal.lost_to_id)
        FROM public.opportunities_opportunity deal
        WHERE deal.id = entry.record_id AND deal.lost_to_id IS NOT NULL
    ),
    '""'
))
WHERE verb IN ('won', 'lost') AND jsonb_typeof(data -> 'competitor') = 'string'
    AND data ->> 'competitor' <> ''
"""


class Migration(migrations.Migration):

    dependencies = [
        ('opportunities', '0004_covering_indexes'),
    ]

    operations = [
        migrations.RunSQL(RIVALS, migrations.RunSQL.noop),
        migrations.RunSQL(LOST, migrations.RunSQL.noop),
    ]
