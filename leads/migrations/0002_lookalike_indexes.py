import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_lookalike_indexes'),
        ('crm', '0006_one_record'),
        ('leads', '0001_initial'),
        ('opportunities', '0003_price_list'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_email',
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(django.db.models.functions.text.Upper('email'), name='lead_email'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(django.db.models.functions.text.Upper('last_name'), django.db.models.functions.text.Upper('company'), name='lead_same_name'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(django.db.models.functions.text.Upper('mobile'), name='lead_mobile'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=models.Index(django.db.models.functions.text.Upper('phone'), name='lead_phone'),
        ),
    ]
