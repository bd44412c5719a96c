import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0002_originating_lead"),
        ("sales_docs", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="opportunity",
            name="price_list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="opportunities",
                to="sales_docs.pricelist",
            ),
        ),
    ]
