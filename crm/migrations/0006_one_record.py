import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0005_local_mailbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField()),
                ("record_type", models.CharField(default="", max_length=40)),
                ("record_id", models.BigIntegerField(null=True)),
                ("sent_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="activity",
            name="activity_to_send",
        ),
        migrations.AddField(
            model_name="journalentry",
            name="is_final",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its operation can't be taken back with Undo.",
            ),
        ),
        migrations.AlterField(
            model_name="activity",
            name="delivery",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not sent"),
                    ("pending", "Waiting to be sent"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                ],
                default="",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("delivery__in", ["pending", "sending"])),
                fields=["id"],
                name="activity_to_send",
            ),
        ),
        migrations.AddField(
            model_name="sentform",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="sentform",
            constraint=models.UniqueConstraint(fields=("user", "token"), name="crm_sent_form_once"),
        ),
    ]
