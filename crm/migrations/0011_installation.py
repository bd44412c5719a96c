"""Which installation the data belong to."""

from django.db import migrations, models

BUMP = (
    "CREATE TRIGGER bump_stamp AFTER INSERT OR UPDATE OR DELETE ON public.crm_installation "
    "FOR EACH STATEMENT EXECUTE FUNCTION public.crm_bump_stamp('installation')"
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_access_versions")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("database", models.CharField(max_length=64)),
                ("secret", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="crm_installation_one")],
            },
        ),
        migrations.RunSQL(BUMP, "DROP TRIGGER bump_stamp ON public.crm_installation"),
    ]
