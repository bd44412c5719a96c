import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0006_one_record'),
        ('opportunities', '0003_price_list'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='competitor',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('name', 'gin_trgm_ops'), name='competitor_alike'),
        ),
    ]
