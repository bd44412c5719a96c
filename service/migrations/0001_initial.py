import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import crm.database.installing
import crm.models.record
import service.models.article
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('cases', '0001_initial'),
        ('crm', '0001_initial'),
        ('sales_docs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *add_number_series("contract", "CON-"),
        *add_number_series("article", "KB-"),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('number', models.CharField(blank=True, editable=False, help_text='A renewal carries the number it renews.', max_length=40, verbose_name='number')),
                ('term', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='term')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('invoiced', 'Invoiced'), ('active', 'Active'), ('on_hold', 'On hold'), ('canceled', 'Canceled'), ('expired', 'Expired')], default='draft', editable=False, max_length=8, verbose_name='status')),
                ('level', models.CharField(blank=True, choices=[('gold', 'Gold'), ('silver', 'Silver'), ('bronze', 'Bronze')], max_length=8, verbose_name='service level')),
                ('billing', models.CharField(choices=[('once', 'Once'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly')], default='once', max_length=10, verbose_name='billed')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('canceled_on', models.DateField(blank=True, editable=False, null=True, verbose_name='canceled on')),
                ('total', models.DecimalField(decimal_places=4, default=0, editable=False, max_digits=20, verbose_name='total')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'number'), output_field=models.TextField())),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='accounts.account')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='accounts.contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('renews', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='service.contract', verbose_name='renews')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'contract',
                'verbose_name_plural': 'contracts',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='2f7db57b2fad4adf9e756fddf464a937b65b2baf', operation='UPDATE', pgid='pgtrigger_keep_current_b98fb', table='service_contract', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='3955e2121ce98e1481c24998a1edc320702aa33f', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_855c7', table='service_contract', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('contract', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='df4d1bde375e92d75e8bdc63c635c0742b06854b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_f5184', table='service_contract', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('contract'); END IF; RETURN NEW;", hash='8d11e35b777783f7ecac42b22e32335b528b3e76', operation='INSERT', pgid='pgtrigger_number_915e5', table='service_contract', when='BEFORE'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='contract_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='contract_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='contract_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='contract_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='contract_search'), models.Index(fields=['account', 'state', 'ends_on'], name='contract_account'), models.Index(condition=models.Q(('state', 'invoiced')), fields=['starts_on'], name='contract_to_start'), models.Index(condition=models.Q(('state__in', ['invoiced', 'active'])), fields=['ends_on'], name='contract_to_end')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='contract_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='contract_has_name'), models.UniqueConstraint(fields=('number', 'term'), name='contract_number_term'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('renews',), name='contract_renewed_once'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='contract_dates', violation_error_message='The last day lies before the first.'), models.CheckConstraint(condition=models.Q(models.Q(('canceled_on__isnull', False), ('state', 'canceled')), models.Q(models.Q(('state', 'canceled'), _negated=True), ('canceled_on__isnull', True)), _connector='OR'), name='contract_canceled_when')],
            },
        ),
        migrations.CreateModel(
            name='ContractLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('serial_number', models.CharField(blank=True, max_length=80, verbose_name='serial number')),
                ('state', models.CharField(choices=[('existing', 'In place'), ('renewed', 'Renewed'), ('canceled', 'Canceled'), ('expired', 'Expired')], default='existing', editable=False, max_length=8, verbose_name='status')),
                ('allotment', models.CharField(choices=[('cases', 'A number of requests'), ('minutes', 'Working minutes'), ('dates', 'Everything between two days')], default='cases', max_length=8, verbose_name='what it grants')),
                ('total', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(1000000)], verbose_name='how many')),
                ('starts_on', models.DateField(verbose_name='covered from')),
                ('ends_on', models.DateField(verbose_name='covered until')),
                ('price', models.DecimalField(decimal_places=4, default=0, max_digits=20, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price')),
                ('discount', models.DecimalField(decimal_places=4, default=0, max_digits=20, validators=[django.core.validators.MinValueValidator(0)], verbose_name='discount')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='service.contract')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contract_lines', to='sales_docs.product')),
            ],
            options={
                'verbose_name': 'line of a contract',
                'verbose_name_plural': 'lines of contracts',
                'ordering': ('contract_id', 'position', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='contractline_has_title'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='contractline_dates', violation_error_message='The last day lies before the first.'), models.CheckConstraint(condition=models.Q(models.Q(('allotment', 'dates'), ('total__isnull', True)), models.Q(models.Q(('allotment', 'dates'), _negated=True), ('total__gte', 1)), _connector='OR'), name='contractline_total', violation_error_message='Say how many; cover between two days has no number.'), models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('price__gte', 0), ('discount__lte', models.F('price'))), name='contractline_price', violation_error_message='The discount is larger than the price.')],
            },
        ),
        migrations.CreateModel(
            name='CaseCover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='cover', to='cases.case')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='covers', to='service.contractline')),
            ],
            options={
                'verbose_name': 'cover',
                'verbose_name_plural': 'covers',
            },
        ),
        migrations.CreateModel(
            name='AllotmentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.IntegerField(help_text='Negative where something was used, positive where given back.', verbose_name='amount')),
                ('reason', models.CharField(choices=[('resolved', 'Resolved'), ('reactivated', 'Taken up again'), ('undone', 'Undone')], max_length=12, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allotment_entries', to='cases.case')),
                ('refunds', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refund', to='service.allotmententry')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='service.contractline')),
            ],
            options={
                'verbose_name': 'entry of an allotment',
                'verbose_name_plural': 'entries of allotments',
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount__lte', 0), ('reason', 'resolved'), ('refunds__isnull', True)), models.Q(('amount__gte', 0), ('reason__in', ['reactivated', 'undone']), ('refunds__isnull', False)), _connector='OR'), name='allotmententry_sign')],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('number', models.CharField(blank=True, editable=False, help_text='Shared by all versions.', max_length=40, verbose_name='number')),
                ('major', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='version')),
                ('minor', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='minor version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('approved', 'Approved'), ('published', 'Published'), ('archived', 'Archived'), ('discarded', 'Discarded')], default='draft', editable=False, max_length=12, verbose_name='status')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French')], default='en', max_length=2, verbose_name='language')),
                ('summary', models.CharField(blank=True, max_length=300, verbose_name='summary')),
                ('keywords', models.CharField(blank=True, max_length=300, verbose_name='keywords')),
                ('body', models.TextField(blank=True, help_text='Markdown: # heading, **bold**, - list, [text](https://example.com).', verbose_name='text')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('title', 'number', 'keywords'), output_field=models.TextField())),
                ('ranked_text', models.GeneratedField(db_persist=True, expression=service.models.article.RankedText(), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('previous', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='service.article', verbose_name='made from')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'abstract': False,
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='article_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='article_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='article_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='article_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='article_search'), models.Index(fields=['state', '-published_at', '-id'], name='article_published'), django.contrib.postgres.indexes.GinIndex(fields=['ranked_text'], name='article_ranked')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='article_external_id'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='article_has_title'), models.UniqueConstraint(fields=('number', 'major', 'minor'), name='article_version'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('number',), name='article_published_once'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True), ('state__in', ['draft', 'in_review', 'approved'])), fields=('number',), name='article_under_way_once'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'archived']), _negated=True), ('published_at__isnull', False), _connector='OR'), name='article_published_when')],
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='fd1bcf78f7e5b2c29e3f1b07bb1361874aebe335', operation='UPDATE', pgid='pgtrigger_keep_current_2475e', table='service_article', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='3a1a598e8051b767a443aca7875e3e169e189c1d', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_790bb', table='service_article', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('article', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) - 'ranked_text' END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) - 'ranked_text' END); RETURN NULL;", hash='3a6d9f711908c657e6fca61e3b39585d43129a76', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_a849c', table='service_article', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('article'); END IF; RETURN NEW;", hash='091342ae2d50eb48ee4bd930554f2fad4bc4e7d4', operation='INSERT', pgid='pgtrigger_number_973b5', table='service_article', when='BEFORE'))],
            },
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Contract', 'Article'],
        ),
    ]
