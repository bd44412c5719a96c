import django.db.models.deletion
from django.db import migrations, models

import crm.database.installing


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0001_initial'),
        ('marketing', '0001_initial'),
        ('opportunities', '0001_initial'),
        ('sales_docs', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='opportunity',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opportunities', to='marketing.campaign'),
        ),
        migrations.AddField(
            model_name='opportunity',
            name='originating_lead',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opportunities', to='leads.lead'),
        ),
        migrations.AddField(
            model_name='opportunity',
            name='price_list',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opportunities', to='sales_docs.pricelist'),
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Competitor', 'Opportunity'],
        ),
    ]
