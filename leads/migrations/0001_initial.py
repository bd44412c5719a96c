import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
from django.db import migrations, models

import accounts.models.address
import accounts.models.person
import crm.models.record
import leads.models.lead
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('crm', '0001_initial'),
        ('opportunities', '0001_initial'),
    ]

    operations = [
        *add_number_series("lead", "LEAD-"),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('line1', models.CharField(blank=True, max_length=160, verbose_name='street')),
                ('line2', models.CharField(blank=True, max_length=160, verbose_name='street, second line')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='city')),
                ('region', models.CharField(blank=True, max_length=80, verbose_name='state or region')),
                ('postcode', models.CharField(blank=True, max_length=20, verbose_name='postcode')),
                ('country', accounts.models.address.CountryField(blank=True, verbose_name='country')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('do_not_email', models.BooleanField(default=False, verbose_name='do not e-mail')),
                ('do_not_bulk_email', models.BooleanField(default=False, verbose_name='do not send mass e-mail')),
                ('do_not_call', models.BooleanField(default=False, verbose_name='do not call')),
                ('do_not_mail', models.BooleanField(default=False, verbose_name='do not send letters')),
                ('topic', models.CharField(blank=True, max_length=200, verbose_name='topic')),
                ('number', models.CharField(blank=True, editable=False, max_length=40, unique=True, verbose_name='number')),
                ('first_name', models.CharField(blank=True, max_length=80, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=80, verbose_name='last name')),
                ('company', models.CharField(blank=True, max_length=160, verbose_name='company')),
                ('name', models.GeneratedField(db_persist=True, expression=leads.models.lead.LeadName(), output_field=models.CharField(max_length=200), verbose_name='name')),
                ('full_name', models.GeneratedField(db_persist=True, expression=accounts.models.person.FullName(), output_field=models.CharField(max_length=161), verbose_name='person')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='job title')),
                ('mobile', models.CharField(blank=True, max_length=40, verbose_name='mobile phone')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('industry', models.CharField(blank=True, choices=[('agriculture', 'Agriculture'), ('automotive', 'Automotive'), ('chemicals', 'Chemicals'), ('construction', 'Construction'), ('consulting', 'Consulting'), ('education', 'Education'), ('employment', 'Employment'), ('energy', 'Energy'), ('entertainment', 'Entertainment'), ('finance', 'Finance'), ('food', 'Food and drink'), ('government', 'Public sector'), ('hospitality', 'Hotels and restaurants'), ('insurance', 'Insurance'), ('legal', 'Legal'), ('manufacturing', 'Manufacturing'), ('marketing', 'Marketing'), ('media', 'Media'), ('medical', 'Medical'), ('nonprofit', 'Non-profit'), ('pharmaceuticals', 'Pharmaceuticals'), ('real_estate', 'Real estate'), ('research', 'Research'), ('retail', 'Retail'), ('services', 'Services'), ('software', 'Software'), ('technology', 'Technology'), ('telecommunications', 'Telecommunications'), ('transport', 'Transport'), ('wholesale', 'Wholesale'), ('other', 'Other')], max_length=24, verbose_name='industry')),
                ('annual_revenue', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='annual revenue')),
                ('employees', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10000000)], verbose_name='employees')),
                ('source', models.CharField(blank=True, choices=[('advertisement', 'Advertisement'), ('employee_referral', 'Recommended by a colleague'), ('external_referral', 'Recommended by somebody else'), ('partner', 'Partner'), ('public_relations', 'Press'), ('event', 'Event'), ('mailing', 'Mailing'), ('web', 'Website'), ('phone', 'Phone'), ('word_of_mouth', 'Word of mouth'), ('other', 'Other')], max_length=20, verbose_name='source')),
                ('rating', models.CharField(choices=[('hot', 'Hot'), ('warm', 'Warm'), ('cold', 'Cold')], default='warm', max_length=8, verbose_name='rating')),
                ('state', models.CharField(choices=[('open', 'Open'), ('qualified', 'Qualified'), ('disqualified', 'Disqualified')], default='open', editable=False, max_length=12, verbose_name='state')),
                ('reason', models.CharField(choices=[('new', 'New'), ('contacted', 'Contacted'), ('qualified', 'Qualified'), ('lost', 'Lost'), ('cannot_contact', 'Cannot be reached'), ('no_interest', 'No longer interested'), ('canceled', 'Canceled')], default='new', editable=False, max_length=16, verbose_name='status')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed')),
                ('budget_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget')),
                ('budget_status', models.CharField(blank=True, choices=[('none', 'No budget committed'), ('may_buy', 'May buy'), ('can_buy', 'Can buy'), ('will_buy', 'Will buy')], max_length=12, verbose_name='budget status')),
                ('timeframe', models.CharField(blank=True, choices=[('immediate', 'At once'), ('this_quarter', 'This quarter'), ('next_quarter', 'Next quarter'), ('this_year', 'This year'), ('unknown', 'Unknown')], max_length=16, verbose_name='timeframe')),
                ('purchase_process', models.CharField(blank=True, choices=[('individual', 'One person decides'), ('committee', 'A committee decides'), ('unknown', 'Unknown')], max_length=12, verbose_name='purchase process')),
                ('has_decision_maker', models.BooleanField(default=False, verbose_name='decision maker known')),
                ('need', models.TextField(blank=True, verbose_name='need')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('topic', 'number', 'first_name', 'last_name', 'company', 'email', 'phone', 'mobile'), output_field=models.TextField())),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='accounts.account')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='accounts.contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('opportunity', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='qualified_leads', to='opportunities.opportunity')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'lead',
                'verbose_name_plural': 'leads',
                'abstract': False,
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='lead_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='lead_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='lead_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='lead_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='lead_search'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['owner', '-created_at', '-id'], name='lead_open_owner'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['reason', '-created_at', '-id'], name='lead_open_reason'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['-created_at', '-id'], name='lead_open'), models.Index(models.F('state'), models.OrderBy(models.F('closed_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='lead_closed'), models.Index(django.db.models.functions.text.Upper('email'), name='lead_email'), models.Index(django.db.models.functions.text.Upper('last_name'), django.db.models.functions.text.Upper('company'), name='lead_same_name'), models.Index(django.db.models.functions.text.Upper('mobile'), name='lead_mobile'), models.Index(django.db.models.functions.text.Upper('phone'), name='lead_phone')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='lead_external_id'), models.CheckConstraint(condition=models.Q(('company', ''), ('last_name', ''), ('topic', ''), _negated=True), name='lead_has_name', violation_error_message='Give a last name, a company or a topic.'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['new', 'contacted']), ('state', 'open')), models.Q(('reason', 'qualified'), ('state', 'qualified')), models.Q(('reason__in', ['lost', 'cannot_contact', 'no_interest', 'canceled']), ('state', 'disqualified')), _connector='OR'), name='lead_reason_of_state')],
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='66bc379c5c667c0e5a8612f8a1298d7fce71ed70', operation='UPDATE', pgid='pgtrigger_keep_current_19372', table='leads_lead', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='d6c3172e1b3a795eccc18eaa9d724d04b665449b', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_57488', table='leads_lead', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('lead', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='ff355c7da6825158e6f8509838db714f52b67843', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_be659', table='leads_lead', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('lead'); END IF; RETURN NEW;", hash='c9c00a036ac7c7796c5309501ad5f3a3b19f6f48', operation='INSERT', pgid='pgtrigger_number_71dee', table='leads_lead', when='BEFORE'))],
            },
        ),
    ]
