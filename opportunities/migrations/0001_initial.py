import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.db import migrations, models

import crm.models.record
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('crm', '0001_initial'),
    ]

    operations = [
        *add_number_series("opportunity", "OPP-"),
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('key_product', models.CharField(blank=True, max_length=160, verbose_name='best seller')),
                ('overview', models.TextField(blank=True, verbose_name='overview')),
                ('strengths', models.TextField(blank=True, verbose_name='strengths')),
                ('weaknesses', models.TextField(blank=True, verbose_name='weaknesses')),
                ('how_we_win', models.TextField(blank=True, verbose_name='how we win against them')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'website', 'key_product'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'competitor',
                'verbose_name_plural': 'competitors',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='f0baec95b8b5e06d893d744554a7f11e3afa2a8f', operation='UPDATE', pgid='pgtrigger_keep_current_bf2a8', table='opportunities_competitor', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='759ad7decd32c65025cb8ac9499451b457823e79', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_f0bab', table='opportunities_competitor', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('competitor', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='94edc6e8dfe41fc1fa75eb6bab738106b74019c5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_ddfa6', table='opportunities_competitor', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='competitor_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='competitor_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='competitor_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='competitor_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='competitor_search'), models.Index(fields=['name', 'id'], name='competitor_name'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('name', 'gin_trgm_ops'), name='competitor_alike')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='competitor_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='competitor_has_name')],
            },
        ),
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=200, verbose_name='topic')),
                ('number', models.CharField(blank=True, editable=False, max_length=40, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', editable=False, max_length=8, verbose_name='state')),
                ('reason', models.CharField(choices=[('in_progress', 'Open'), ('on_hold', 'On hold'), ('won', 'Won'), ('canceled', 'Canceled'), ('out_sold', 'Out-sold')], default='in_progress', editable=False, max_length=12, verbose_name='status')),
                ('stage', models.CharField(choices=[('qualify', 'Qualify'), ('develop', 'Develop'), ('propose', 'Propose'), ('close', 'Close')], default='qualify', max_length=8, verbose_name='stage')),
                ('stage_entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='in stage since')),
                ('estimated_revenue', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='est. revenue')),
                ('is_revenue_calculated', models.BooleanField(default=False, help_text='The estimated revenue is then the total of the lines.', verbose_name='revenue from lines')),
                ('actual_revenue', models.DecimalField(blank=True, decimal_places=4, editable=False, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='actual revenue')),
                ('probability', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='probability')),
                ('forecast', models.CharField(choices=[('pipeline', 'Pipeline'), ('best_case', 'Best case'), ('committed', 'Committed'), ('omitted', 'Left out'), ('won', 'Won'), ('lost', 'Lost')], default='pipeline', max_length=12, verbose_name='forecast')),
                ('rating', models.CharField(choices=[('hot', 'Hot'), ('warm', 'Warm'), ('cold', 'Cold')], default='warm', max_length=8, verbose_name='rating')),
                ('engaged_on', models.DateField(blank=True, null=True, verbose_name='first engaged')),
                ('est_close_on', models.DateField(blank=True, null=True, verbose_name='est. close date')),
                ('closed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='actual close date')),
                ('timeframe', models.CharField(blank=True, choices=[('immediate', 'At once'), ('this_quarter', 'This quarter'), ('next_quarter', 'Next quarter'), ('this_year', 'This year'), ('unknown', 'Unknown')], max_length=16, verbose_name='timeframe')),
                ('purchase_process', models.CharField(blank=True, choices=[('individual', 'One person decides'), ('committee', 'A committee decides'), ('unknown', 'Unknown')], max_length=12, verbose_name='purchase process')),
                ('budget_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget')),
                ('budget_status', models.CharField(blank=True, choices=[('none', 'No budget committed'), ('may_buy', 'May buy'), ('can_buy', 'Can buy'), ('will_buy', 'Will buy')], max_length=12, verbose_name='budget status')),
                ('has_decision_maker', models.BooleanField(default=False, verbose_name='decision maker known')),
                ('current_situation', models.TextField(blank=True, verbose_name='current situation')),
                ('customer_need', models.TextField(blank=True, verbose_name='need')),
                ('pain_points', models.TextField(blank=True, verbose_name='pain points')),
                ('proposed_solution', models.TextField(blank=True, verbose_name='proposed solution')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('has_stakeholders', models.BooleanField(default=False, verbose_name='stakeholders identified')),
                ('has_rivals', models.BooleanField(default=False, verbose_name='rivals identified')),
                ('has_sales_team', models.BooleanField(default=False, verbose_name='sales team identified')),
                ('has_proposal', models.BooleanField(default=False, verbose_name='proposal developed')),
                ('has_review', models.BooleanField(default=False, verbose_name='reviewed internally')),
                ('has_presented', models.BooleanField(default=False, verbose_name='proposal presented')),
                ('has_final_proposal', models.BooleanField(default=False, verbose_name='final proposal completed')),
                ('has_presented_final', models.BooleanField(default=False, verbose_name='final proposal presented')),
                ('decision_on', models.DateField(blank=True, null=True, verbose_name='decision date')),
                ('has_thanked', models.BooleanField(default=False, verbose_name='thank-you sent')),
                ('has_debrief', models.BooleanField(default=False, verbose_name='debrief filed')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'number'), output_field=models.TextField())),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='accounts.account')),
                ('competitors', models.ManyToManyField(blank=True, related_name='opportunities', to='opportunities.competitor')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='accounts.contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('lost_to', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='won_against_us', to='opportunities.competitor', verbose_name='lost to')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'opportunity',
                'verbose_name_plural': 'opportunities',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='d0d4171521b0f9ed0b91f4b3ed40dbee9d3bf0fd', operation='UPDATE', pgid='pgtrigger_keep_current_cab2c', table='opportunities_opportunity', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='84f82705e579e29216897bee4a97d087587a0a89', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_c9960', table='opportunities_opportunity', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('opportunity', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='5ca1f0658cbfd2a4264ead2ba599520b8d6b4338', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_9dfb9', table='opportunities_opportunity', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('opportunity'); END IF; RETURN NEW;", hash='210cae74875665e5f75f5e613f22f9a807d97eb4', operation='INSERT', pgid='pgtrigger_number_37875', table='opportunities_opportunity', when='BEFORE'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='opportunity_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='opportunity_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='opportunity_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='opportunity_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='opportunity_search'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['stage', 'est_close_on', 'id'], name='opportunity_open_stage'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['owner', 'est_close_on', 'id'], name='opportunity_open_owner'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['est_close_on', 'id'], name='opportunity_open_close'), models.Index(fields=['stage', 'rating'], name='opportunity_stage'), models.Index(models.OrderBy(models.F('est_close_on'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='opportunity_close'), models.Index(models.OrderBy(models.F('estimated_revenue'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='opportunity_revenue'), models.Index(models.F('state'), models.OrderBy(models.F('closed_on'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='opportunity_closed')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='opportunity_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='opportunity_has_topic'), models.CheckConstraint(condition=models.Q(('probability__lte', 100)), name='opportunity_probability'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['in_progress', 'on_hold']), ('state', 'open')), models.Q(('reason', 'won'), ('state', 'won')), models.Q(('reason__in', ['canceled', 'out_sold']), ('state', 'lost')), _connector='OR'), name='opportunity_reason_of_state'), models.CheckConstraint(condition=models.Q(models.Q(('forecast__in', ['pipeline', 'best_case', 'committed', 'omitted']), ('state', 'open')), models.Q(('forecast', 'won'), ('state', 'won')), models.Q(('forecast', 'lost'), ('state', 'lost')), _connector='OR'), name='opportunity_forecast_of_state'), models.CheckConstraint(condition=models.Q(models.Q(('actual_revenue', None), ('closed_on', None), ('state', 'open')), models.Q(('state', 'open'), _negated=True), _connector='OR'), name='opportunity_open_has_no_actuals')],
            },
        ),
    ]
