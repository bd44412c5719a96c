from django.db import migrations, models

COUNT = (
    "UPDATE public.crm_bulkjob SET refused_count ="
    " (SELECT count(*) FROM jsonb_object_keys(refused)) WHERE refused <> '{}'"
)


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0006_undo_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkjob',
            name='refused_count',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Rows that were left alone.'),
        ),
        migrations.AlterField(
            model_name='bulkjob',
            name='refused',
            field=models.JSONField(default=dict, help_text='Key -> why the row was left alone, for the first of them.'),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
