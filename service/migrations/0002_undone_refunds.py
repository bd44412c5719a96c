import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("service", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(
            model_name='allotmententry',
            name='allotmententry_sign',
        ),
        migrations.AlterField(
            model_name='allotmententry',
            name='reason',
            field=models.CharField(choices=[('resolved', 'Resolved'), ('reactivated', 'Taken up again'), ('undone', 'Undone')], max_length=12, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='contract',
            name='renews',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='service.contract', verbose_name='renews'),
        ),
        migrations.AddConstraint(
            model_name='allotmententry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__lte', 0), ('reason', 'resolved'), ('refunds__isnull', True)), models.Q(('amount__gte', 0), ('reason__in', ['reactivated', 'undone']), ('refunds__isnull', False)), _connector='OR'), name='allotmententry_sign'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('renews',), name='contract_renewed_once'),
        ),
    ]
