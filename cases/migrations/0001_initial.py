import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.db import migrations, models

import crm.database.installing
import crm.models.record
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('crm', '0001_initial'),
        ('sales_docs', '0001_initial'),
    ]

    operations = [
        *add_number_series("case", "CAS-"),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('number', models.CharField(blank=True, editable=False, max_length=40, unique=True, verbose_name='number')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('state', models.CharField(choices=[('active', 'Active'), ('resolved', 'Resolved'), ('canceled', 'Canceled')], default='active', editable=False, max_length=8, verbose_name='state')),
                ('reason', models.CharField(choices=[('in_progress', 'In progress'), ('on_hold', 'On hold'), ('waiting', 'Waiting for details'), ('researching', 'Researching'), ('solved', 'Problem solved'), ('informed', 'Information provided'), ('canceled', 'Canceled')], default='in_progress', editable=False, max_length=12, verbose_name='status')),
                ('stage', models.CharField(choices=[('identify', 'Identify'), ('research', 'Research'), ('resolve', 'Resolve')], default='identify', max_length=8, verbose_name='stage')),
                ('priority', models.PositiveSmallIntegerField(choices=[(1, 'High'), (2, 'Normal'), (3, 'Low')], default=2, verbose_name='priority')),
                ('origin', models.CharField(choices=[('phone', 'Phone'), ('email', 'E-mail'), ('web', 'Web'), ('social', 'Social media')], default='phone', max_length=8, verbose_name='origin')),
                ('kind', models.CharField(blank=True, choices=[('question', 'Question'), ('problem', 'Problem'), ('request', 'Request')], max_length=8, verbose_name='type')),
                ('severity', models.CharField(blank=True, choices=[('minor', 'Minor'), ('major', 'Major'), ('critical', 'Critical')], max_length=8, verbose_name='severity')),
                ('follow_up_on', models.DateField(blank=True, null=True, verbose_name='follow up on')),
                ('is_escalated', models.BooleanField(default=False, editable=False, verbose_name='escalated')),
                ('escalated_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='escalated at')),
                ('first_response_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first answered')),
                ('resolution', models.TextField(blank=True, editable=False, verbose_name='resolution')),
                ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='resolved at')),
                ('minutes', models.PositiveIntegerField(default=0, editable=False, validators=[django.core.validators.MaxValueValidator(100000)], verbose_name='minutes spent')),
                ('billable_minutes', models.PositiveIntegerField(default=0, editable=False, validators=[django.core.validators.MaxValueValidator(100000)], verbose_name='billable minutes')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('title', 'number'), output_field=models.TextField())),
                ('account', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='accounts.account')),
                ('contact', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='accounts.contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to='sales_docs.product')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='8d7a7013f3dba9b20e3b6e7384ef38ddd66cb0ef', operation='UPDATE', pgid='pgtrigger_keep_current_f4341', table='cases_case', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='dc3020c79525f5b8ec8de4808728d4335c742747', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_37531', table='cases_case', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('case', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='3557e571bbb99f0bdd7243ba3a716d423386218b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_b82ee', table='cases_case', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('case'); END IF; RETURN NEW;", hash='12eed848070c64ff4abad49556d3d8d41c1fed6f', operation='INSERT', pgid='pgtrigger_number_24d29', table='cases_case', when='BEFORE'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='case_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='case_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='case_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='case_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='case_search'), models.Index(fields=['account', '-created_at', '-id'], name='case_account'), models.Index(fields=['contact', '-created_at', '-id'], name='case_contact'), models.Index(condition=models.Q(('state', 'active')), fields=['priority', 'created_at', 'id'], name='case_urgency'), models.Index(condition=models.Q(('state', 'active')), fields=['priority', 'id'], name='case_priority'), models.Index(condition=models.Q(('is_escalated', True), ('state', 'active')), fields=['escalated_at', 'id'], name='case_escalated'), models.Index(condition=models.Q(('follow_up_on__isnull', False), ('state', 'active')), fields=['follow_up_on', 'id'], name='case_follow_up'), models.Index(models.OrderBy(models.F('resolved_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('state', 'resolved')), name='case_resolved')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='case_external_id'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='case_has_title'), models.CheckConstraint(condition=models.Q(('account__isnull', False), ('contact__isnull', False), _connector='OR'), name='case_has_customer', violation_error_message='Say whose concern it is.'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['in_progress', 'on_hold', 'waiting', 'researching']), ('resolved_at__isnull', True), ('state', 'active')), models.Q(('reason__in', ['solved', 'informed']), ('resolved_at__isnull', False), ('state', 'resolved')), models.Q(('reason', 'canceled'), ('resolved_at__isnull', True), ('state', 'canceled')), _connector='OR'), name='case_reason_of_state'), models.CheckConstraint(condition=models.Q(models.Q(('escalated_at__isnull', False), ('is_escalated', True)), models.Q(('escalated_at__isnull', True), ('is_escalated', False)), _connector='OR'), name='case_escalated_when'), models.CheckConstraint(condition=models.Q(('billable_minutes__lte', models.F('minutes'))), name='case_bills_no_more_than_spent', violation_error_message='More is billed than was spent.')],
            },
        ),
        migrations.CreateModel(
            name='Queue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('is_private', models.BooleanField(default=False, help_text='Only its members and its owner work in it.', verbose_name='for its members only')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'description'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('members', models.ManyToManyField(blank=True, editable=False, related_name='+', to='crm.principal', verbose_name='members')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'queue',
                'verbose_name_plural': 'queues',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='a41f9d270854bd71016483118eb089202fa9f64b', operation='UPDATE', pgid='pgtrigger_keep_current_29c01', table='cases_queue', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='9e58e92785550840ffe88f0b454881cecf737516', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_f4174', table='cases_queue', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('queue', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='0488d27567bcf1e08cd37930997e792c1d496c79', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_8a82e', table='cases_queue', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='queue_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='queue_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='queue_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='queue_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='queue_search')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='queue_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='queue_has_name'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('name',), name='queue_name_once', violation_error_message='There is one of this name already.')],
            },
        ),
        migrations.CreateModel(
            name='QueueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered_at', models.DateTimeField(verbose_name='queued since')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='queue_item', to='cases.case')),
                ('queue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='cases.queue', verbose_name='queue')),
                ('worked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='worked on by')),
            ],
            options={
                'verbose_name': 'place in a queue',
                'verbose_name_plural': 'places in queues',
                'indexes': [models.Index(fields=['queue', 'worked_by'], name='queueitem_queue'), models.Index(condition=models.Q(('worked_by__isnull', False)), fields=['worked_by'], name='queueitem_worker')],
            },
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Case', 'Queue'],
        ),
    ]
