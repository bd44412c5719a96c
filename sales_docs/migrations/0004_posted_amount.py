"""What of an order is on posted invoices, apart from what is on drafts."""

from django.db import migrations, models

# The figure is derived, so no history is written of it: the triggers of users are off meanwhile.
FILL = """
ALTER TABLE sales_docs_order DISABLE TRIGGER USER;
UPDATE sales_docs_order SET posted_amount = posted.total
FROM (
    SELECT order_id, sum(total_amount) AS total FROM sales_docs_invoice
    WHERE kind = 'invoice' AND state IN ('posted', 'paid') AND order_id IS NOT NULL
    GROUP BY order_id
) AS posted
WHERE posted.order_id = sales_docs_order.id;
ALTER TABLE sales_docs_order ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sales_docs', '0003_journal_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='posted_amount',
            field=models.DecimalField(db_default=0, decimal_places=4, default=0, editable=False, max_digits=20, verbose_name='invoiced'),
        ),
        migrations.AlterField(
            model_name='order',
            name='billed_amount',
            field=models.DecimalField(decimal_places=4, default=0, editable=False, max_digits=20, verbose_name='invoiced, drafts included'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
