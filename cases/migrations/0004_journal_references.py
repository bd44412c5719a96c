"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

QUEUES = """
UPDATE public.crm_journalentry
SET data = jsonb_set(data, '{queue}', jsonb_build_object(
    'type', 'queue',
    'id', coalesce(
        nullif(data #> '{place_after,queue}', 'null'), data #> '{place_before,queue}'
    )
))
WHERE verb IN ('case_queued', 'case_routed', 'case_picked', 'case_released', 'case_unqueued')
    AND jsonb_typeof(data -> 'queue') = 'string' AND data ->> 'queue' <> ''
    AND coalesce(nullif(data #> '{place_after,queue}', 'null'), data #> '{place_before,queue}')
        IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_merged_reason'),
    ]

    operations = [
        migrations.RunSQL(QUEUES, migrations.RunSQL.noop),
    ]
