import django.db.models.deletion
from django.db import migrations, models

import crm.database.installing


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0001_initial'),
        ('marketing', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='lead',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='marketing.campaign'),
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Lead'],
        ),
    ]
