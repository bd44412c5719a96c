"""Names that older entries of the journal kept become references to the records."""

from django.db import migrations

ORDERED = """
UPDATE public.crm_journalentry
SET data = (data - 'order_id') || jsonb_build_object(
    'order', jsonb_build_object('type', 'order', 'id', data -> 'order_id')
)
WHERE verb = 'ordered' AND data ? 'order_id'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sales_docs', '0002_line_discounts'),
    ]

    operations = [
        migrations.RunSQL(ORDERED, migrations.RunSQL.noop),
    ]
