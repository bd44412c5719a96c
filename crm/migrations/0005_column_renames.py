from django.db import migrations, models

BUMP = (
    "CREATE TRIGGER bump_stamp AFTER INSERT OR UPDATE OR DELETE ON public.crm_columnrename "
    "FOR EACH STATEMENT EXECUTE FUNCTION public.crm_bump_stamp('schema')"
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0004_units_of_records")]

    operations = [
        migrations.CreateModel(
            name="ColumnRename",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record_type", models.CharField(max_length=40)),
                ("old", models.CharField(max_length=63)),
                ("new", models.CharField(max_length=63)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("record_type", "old", "new"), name="crm_rename_once"
                    )
                ]
            },
        ),
        migrations.RunSQL(BUMP, "DROP TRIGGER bump_stamp ON public.crm_columnrename"),
    ]
