"""A pin says which view opens first: also one that ships, and one that somebody else shares."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_one_record")]
    operations = [
        migrations.CreateModel(
            name="PinnedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=40)),
                (
                    "view",
                    models.CharField(
                        help_text="Key of a view that ships, or 's' and the id of a saved one.",
                        max_length=40,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="pinnedview",
            constraint=models.UniqueConstraint(
                fields=("user", "record_type"), name="crm_pin_one_per_type"
            ),
        ),
        migrations.RemoveConstraint(model_name="savedview", name="crm_view_one_default"),
        migrations.RemoveField(model_name="savedview", name="is_default"),
    ]
