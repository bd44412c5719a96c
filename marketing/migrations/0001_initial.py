import uuid

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.db import migrations, models

import crm.database.installing
import crm.models.record
import marketing.models.marketing_list
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('crm', '0001_initial'),
        ('leads', '0001_initial'),
    ]

    operations = [
        *add_number_series("campaign", "CMP-"),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('number', models.CharField(blank=True, editable=False, max_length=40, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('advertisement', 'Advertisement'), ('direct', 'Direct marketing'), ('event', 'Event'), ('co_branding', 'Co-branding'), ('other', 'Other')], default='direct', max_length=16, verbose_name='type')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('ready', 'Ready to launch'), ('launched', 'Launched'), ('completed', 'Completed'), ('canceled', 'Canceled'), ('suspended', 'Suspended')], default='proposed', editable=False, max_length=12, verbose_name='state')),
                ('proposed_start_on', models.DateField(blank=True, null=True, verbose_name='planned start')),
                ('proposed_end_on', models.DateField(blank=True, null=True, verbose_name='planned end')),
                ('actual_start_on', models.DateField(blank=True, null=True, verbose_name='started')),
                ('actual_end_on', models.DateField(blank=True, null=True, verbose_name='ended')),
                ('budget', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget')),
                ('misc_costs', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='other costs')),
                ('estimated_revenue', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='expected revenue')),
                ('expected_response', models.DecimalField(blank=True, decimal_places=2, help_text='Percent of the people who are reached.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='expected response')),
                ('offer', models.TextField(blank=True, verbose_name='offer')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'number', 'offer'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='2553091193ad8f82fb0309ef9e03258fd6a58269', operation='UPDATE', pgid='pgtrigger_keep_current_18451', table='marketing_campaign', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='16a80ef9461740d294b58c6d10300df23c8cadf6', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_92a0f', table='marketing_campaign', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('campaign', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='fc9fee25a5a94f20e858e14f6ceb8e6be744712d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_5daba', table='marketing_campaign', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('campaign'); END IF; RETURN NEW;", hash='dafb9bedbfef01be3590111a97665b91f0f89bf6', operation='INSERT', pgid='pgtrigger_number_40ce8', table='marketing_campaign', when='BEFORE'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='campaign_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='campaign_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='campaign_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='campaign_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='campaign_search'), models.Index(fields=['name', 'id'], name='campaign_name')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='campaign_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='campaign_has_name'), models.CheckConstraint(condition=models.Q(models.Q(('budget__isnull', True), ('budget__gte', 0), _connector='OR'), models.Q(('misc_costs__isnull', True), ('misc_costs__gte', 0), _connector='OR'), models.Q(('estimated_revenue__isnull', True), ('estimated_revenue__gte', 0), _connector='OR')), name='campaign_amounts_positive'), models.CheckConstraint(condition=models.Q(('proposed_start_on__isnull', True), ('proposed_end_on__isnull', True), ('proposed_end_on__gte', models.F('proposed_start_on')), _connector='OR'), name='campaign_planned_in_order', violation_error_message='The planned end comes before the planned start.'), models.CheckConstraint(condition=models.Q(('actual_start_on__isnull', True), ('actual_end_on__isnull', True), ('actual_end_on__gte', models.F('actual_start_on')), _connector='OR'), name='campaign_dates_in_order', violation_error_message='The end comes before the start.')],
            },
        ),
        migrations.CreateModel(
            name='MarketingList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('member_type', models.CharField(choices=marketing.models.marketing_list.member_type_choices, default='contact', max_length=16, verbose_name='members are')),
                ('purpose', models.CharField(blank=True, max_length=200, verbose_name='purpose')),
                ('source', models.CharField(blank=True, help_text='Where the names come from: a fair, a purchase, the website.', max_length=120, verbose_name='source')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='cost')),
                ('is_locked', models.BooleanField(default=False, help_text='Nobody can add or remove members.', verbose_name='locked')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'purpose', 'source'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'marketing list',
                'verbose_name_plural': 'marketing lists',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='a2b885f595f9694d6f7bb994f6d951c6e6b77d23', operation='UPDATE', pgid='pgtrigger_keep_current_77a79', table='marketing_marketinglist', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='b215a3719ba84338f78643e2332c9a1e63042790', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_4f6e8', table='marketing_marketinglist', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('marketinglist', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='dbac15c007fa5dc0fbf1ed1051b7918f7e275df9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_67779', table='marketing_marketinglist', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='marketinglist_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='marketinglist_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='marketinglist_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='marketinglist_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='marketinglist_search'), models.Index(fields=['name', 'id'], name='marketinglist_name')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='marketinglist_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='marketinglist_has_name'), models.CheckConstraint(condition=models.Q(('member_type__in', ('account', 'contact', 'lead'))), name='marketinglist_member_type'), models.CheckConstraint(condition=models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), name='marketinglist_cost_positive'), models.UniqueConstraint(fields=('id', 'member_type'), name='marketinglist_typed')],
            },
        ),
        migrations.CreateModel(
            name='ListMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_type', models.CharField(max_length=16)),
                ('member_id', models.BigIntegerField()),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal')),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='marketing.marketinglist')),
            ],
            options={
                'indexes': [models.Index(fields=['member_type', 'member_id'], name='marketing_member_record'), models.Index(fields=['list', '-id'], name='marketing_member_newest')],
                'constraints': [models.UniqueConstraint(fields=('list', 'member_type', 'member_id'), name='marketing_member_once')],
            },
        ),
        migrations.CreateModel(
            name='CampaignActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('event', 'Event'), ('print', 'Print'), ('video', 'Video and radio'), ('social', 'Social media'), ('search', 'Search engines'), ('other', 'Other')], default='email', max_length=8, verbose_name='channel')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('running', 'In progress'), ('paused', 'Paused'), ('completed', 'Completed'), ('canceled', 'Canceled')], default='proposed', editable=False, max_length=12, verbose_name='state')),
                ('scheduled_start_on', models.DateField(blank=True, null=True, verbose_name='planned start')),
                ('scheduled_end_on', models.DateField(blank=True, null=True, verbose_name='planned end')),
                ('started_at', models.DateTimeField(editable=False, null=True, verbose_name='started')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='ended')),
                ('budget', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget')),
                ('actual_cost', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='actual cost')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('subject', models.CharField(blank=True, editable=False, max_length=200, verbose_name='subject')),
                ('message', models.TextField(blank=True, editable=False, verbose_name='message')),
                ('plain_text', models.TextField(blank=True, editable=False, verbose_name='plain text')),
                ('sender_name', models.CharField(blank=True, editable=False, max_length=120, verbose_name='sender')),
                ('sender_email', models.EmailField(blank=True, editable=False, max_length=254, verbose_name="sender's address")),
                ('reply_to', models.EmailField(blank=True, editable=False, max_length=254, verbose_name='answers go to')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], default='en', editable=False, help_text='What the CRM adds to the message: why one gets it and how to unsubscribe.', max_length=8, verbose_name='language of the frame')),
                ('rate_per_minute', models.PositiveIntegerField(default=300, editable=False, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)], verbose_name='mails a minute, at most')),
                ('quiet_days', models.PositiveSmallIntegerField(default=0, editable=False, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='leave out who got a mailing in the last days')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'subject'), output_field=models.TextField())),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='marketing.campaign')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
                ('lists', models.ManyToManyField(blank=True, editable=False, related_name='campaign_activities', to='marketing.marketinglist')),
            ],
            options={
                'verbose_name': 'campaign activity',
                'verbose_name_plural': 'campaign activities',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='dd0bb1e37497ff874b81f5be8dee8d30d97d8220', operation='UPDATE', pgid='pgtrigger_keep_current_05bf4', table='marketing_campaignactivity', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='3ed5d715b2082d59d8102aab34487dc8a6fd5417', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_ad992', table='marketing_campaignactivity', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('campaignactivity', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='da9691cbf1726e5ad6856d23f7b7f714462a1756', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_df518', table='marketing_campaignactivity', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='campaignactivity_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='campaignactivity_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='campaignactivity_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='campaignactivity_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='campaignactivity_search')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='campaignactivity_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='campaignactivity_has_name'), models.CheckConstraint(condition=models.Q(models.Q(('budget__isnull', True), ('budget__gte', 0), _connector='OR'), models.Q(('actual_cost__isnull', True), ('actual_cost__gte', 0), _connector='OR')), name='campaignactivity_amounts_positive'), models.CheckConstraint(condition=models.Q(('scheduled_start_on__isnull', True), ('scheduled_end_on__isnull', True), ('scheduled_end_on__gte', models.F('scheduled_start_on')), _connector='OR'), name='campaignactivity_dates_in_order', violation_error_message='The planned end comes before the planned start.'), models.CheckConstraint(condition=models.Q(('rate_per_minute__gte', 1), ('rate_per_minute__lte', 6000)), name='campaignactivity_rate'), models.CheckConstraint(condition=models.Q(('channel', 'email'), models.Q(('state', 'paused'), _negated=True), _connector='OR'), name='campaignactivity_only_mail_pauses')],
            },
        ),
        migrations.AddField(
            model_name='campaign',
            name='lists',
            field=models.ManyToManyField(blank=True, editable=False, related_name='campaigns', to='marketing.marketinglist'),
        ),
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=16)),
                ('record_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='address')),
                ('address_key', models.CharField(blank=True, max_length=254)),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('claimed', 'Next'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Refused'), ('unknown', 'Unknown'), ('skipped', 'Left out')], default='pending', max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('', 'None'), ('no_address', 'No e-mail address'), ('bad_address', "The address can't be right"), ('do_not_email', 'Asked not to be e-mailed'), ('do_not_bulk_email', 'Asked for no mass e-mail'), ('unsubscribed', 'Unsubscribed'), ('blocked', 'On the block list'), ('closed', 'Closed meanwhile'), ('recent', 'Got a mailing recently'), ('duplicate', 'Same address twice'), ('gone', 'Deleted meanwhile'), ('canceled', 'The mailing was canceled')], default='', max_length=20)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('message_id', models.CharField(blank=True, max_length=200)),
                ('handed_over_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('unsubscribed_at', models.DateTimeField(null=True)),
                ('activity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='marketing.campaignactivity')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['activity', 'due_at', 'id'], name='marketing_recipient_waiting'), models.Index(condition=models.Q(('state__in', ['claimed', 'sending'])), fields=['lease_until'], name='marketing_recipient_lease'), models.Index(fields=['activity', 'state', 'reason'], name='marketing_recipient_count'), models.Index(models.F('activity'), models.OrderBy(models.F('finished_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='marketing_recipient_latest'), models.Index(fields=['record_type', 'record_id'], name='marketing_recipient_record'), models.Index(condition=models.Q(('state', 'sent')), fields=['address_key', 'finished_at'], name='marketing_recipient_quiet')],
                'constraints': [models.UniqueConstraint(fields=('activity', 'record_type', 'record_id'), name='marketing_recipient_once'), models.UniqueConstraint(condition=models.Q(('state', 'skipped'), _negated=True), fields=('activity', 'address_key'), name='marketing_recipient_address'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'skipped'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'skipped'), _negated=True), ('reason', '')), _connector='OR'), name='marketing_recipient_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['claimed', 'sending']), _negated=True), models.Q(('claim__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='marketing_recipient_leased'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('handed_over_at__isnull', False), _connector='OR'), name='marketing_recipient_sent_at')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('reason', models.CharField(choices=[('unsubscribed', 'Unsubscribed'), ('blocked', 'Blocked by an administrator')], max_length=16, verbose_name='reason')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='since')),
                ('activity', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='marketing.campaignactivity')),
            ],
            options={
                'verbose_name': 'blocked address',
                'verbose_name_plural': 'blocked addresses',
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Send',
            fields=[
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='send', serialize=False, to='marketing.campaignactivity')),
                ('launched_at', models.DateTimeField()),
                ('site_url', models.CharField(max_length=200)),
                ('next_claim_at', models.DateTimeField()),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('launched_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal')),
            ],
            options={
                'indexes': [models.Index(fields=['next_claim_at'], name='marketing_send_due')],
            },
        ),
        migrations.CreateModel(
            name='CampaignResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('code', models.CharField(choices=[('interested', 'Interested'), ('not_interested', 'Not interested'), ('do_not_send', 'Wants no more of it'), ('error', 'Sent by mistake')], default='interested', max_length=16, verbose_name='response')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Phone'), ('letter', 'Letter'), ('meeting', 'In person'), ('web', 'Website'), ('other', 'Other')], default='email', max_length=8, verbose_name='came by')),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('canceled', 'Canceled')], default='open', editable=False, max_length=8, verbose_name='state')),
                ('received_on', models.DateField(blank=True, null=True, verbose_name='received on')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed')),
                ('first_name', models.CharField(blank=True, max_length=80, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=80, verbose_name='last name')),
                ('company', models.CharField(blank=True, max_length=160, verbose_name='company')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('subject', 'first_name', 'last_name', 'company', 'email', 'phone'), output_field=models.TextField())),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaign_responses', to='accounts.account')),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='marketing.campaignactivity')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='marketing.campaign')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaign_responses', to='accounts.contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('lead', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaign_responses', to='leads.lead')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'campaign response',
                'verbose_name_plural': 'campaign responses',
                'abstract': False,
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='campaignresponse_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='campaignresponse_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='campaignresponse_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='campaignresponse_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='campaignresponse_search')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='campaignresponse_external_id'), models.CheckConstraint(condition=models.Q(('account__isnull', False), ('contact__isnull', False), models.Q(('company', ''), ('email', ''), ('last_name', ''), _negated=True), _connector='OR'), name='campaignresponse_has_sender', violation_error_message='Say who answered: choose somebody, or give a last name, a company or an e-mail address.'), models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='campaignresponse_has_subject'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='campaignresponse_closed_at')],
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='514578cc644d8bffb2f32c303ea9e700f716d859', operation='UPDATE', pgid='pgtrigger_keep_current_a1567', table='marketing_campaignresponse', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='16eb581273a0eb036e2fc4075fa881a0de408881', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_e0980', table='marketing_campaignresponse', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('campaignresponse', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='ddfe896623b9da380e77afaa393ca165854e5564', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_22252', table='marketing_campaignresponse', when='AFTER'))],
            },
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Campaign', 'MarketingList', 'CampaignActivity', 'CampaignResponse'],
        ),
        # A member is of its list's type, whoever writes the row.
        migrations.RunSQL(
            "ALTER TABLE marketing_listmember ADD CONSTRAINT marketing_member_typed"
            " FOREIGN KEY (list_id, member_type)"
            " REFERENCES marketing_marketinglist (id, member_type) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE marketing_listmember DROP CONSTRAINT marketing_member_typed",
        ),
    ]
