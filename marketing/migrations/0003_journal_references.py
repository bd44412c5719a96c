"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

LISTS = """
UPDATE public.crm_journalentry
SET data = jsonb_build_object(
    'list', jsonb_build_object('type', 'marketinglist', 'id', data -> 'list_id')
)
WHERE verb IN ('list_added', 'list_removed') AND data ? 'list_id'
"""

CONVERTED = """
UPDATE public.crm_journalentry AS entry
SET data = coalesce(
    (
        SELECT jsonb_build_object('lead', jsonb_build_object('type', 'lead', 'id', response.lead_id))
        FROM public.marketing_campaignresponse response
        WHERE response.id = entry.record_id AND response.lead_id IS NOT NULL
    ),
    '{}'
)
WHERE verb = 'response_converted' AND jsonb_typeof(data -> 'lead') = 'string'
"""

UNSUBSCRIBED = """
UPDATE public.crm_journalentry SET data = data - 'activity'
WHERE verb = 'unsubscribed' AND jsonb_typeof(data -> 'activity') = 'string'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('marketing', '0002_names_sorted'),
    ]

    operations = [
        migrations.RunSQL(LISTS, migrations.RunSQL.noop),
        migrations.RunSQL(CONVERTED, migrations.RunSQL.noop),
        migrations.RunSQL(UNSUBSCRIBED, migrations.RunSQL.noop),
    ]
