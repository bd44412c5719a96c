import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0004_lookalike_indexes"),
        ("marketing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="opportunity",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="opportunities",
                to="marketing.campaign",
            ),
        ),
    ]
