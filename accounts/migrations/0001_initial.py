import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
from django.db import migrations, models

import accounts.models.address
import accounts.models.person
import crm.database.installing
import crm.models.record
from crm.database.series import add_number_series


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('crm', '0001_initial'),
    ]

    operations = [
        *add_number_series("account", "ACC-"),
        migrations.CreateModel(
            name='Account',
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
                ('shipping_line1', models.CharField(blank=True, max_length=160, verbose_name='shipping street')),
                ('shipping_line2', models.CharField(blank=True, max_length=160, verbose_name='shipping street, second line')),
                ('shipping_city', models.CharField(blank=True, max_length=80, verbose_name='shipping city')),
                ('shipping_region', models.CharField(blank=True, max_length=80, verbose_name='shipping state or region')),
                ('shipping_postcode', models.CharField(blank=True, max_length=20, verbose_name='shipping postcode')),
                ('shipping_country', accounts.models.address.CountryField(blank=True, verbose_name='shipping country')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('do_not_email', models.BooleanField(default=False, verbose_name='do not e-mail')),
                ('do_not_bulk_email', models.BooleanField(default=False, verbose_name='do not send mass e-mail')),
                ('do_not_call', models.BooleanField(default=False, verbose_name='do not call')),
                ('do_not_mail', models.BooleanField(default=False, verbose_name='do not send letters')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('number', models.CharField(blank=True, editable=False, max_length=40, unique=True, verbose_name='number')),
                ('relationship', models.CharField(choices=[('prospect', 'Prospect'), ('customer', 'Customer'), ('partner', 'Partner'), ('supplier', 'Supplier'), ('competitor', 'Rival'), ('other', 'Other')], default='prospect', max_length=12, verbose_name='relationship')),
                ('customer_since_on', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('industry', models.CharField(blank=True, choices=[('agriculture', 'Agriculture'), ('automotive', 'Automotive'), ('chemicals', 'Chemicals'), ('construction', 'Construction'), ('consulting', 'Consulting'), ('education', 'Education'), ('employment', 'Employment'), ('energy', 'Energy'), ('entertainment', 'Entertainment'), ('finance', 'Finance'), ('food', 'Food and drink'), ('government', 'Public sector'), ('hospitality', 'Hotels and restaurants'), ('insurance', 'Insurance'), ('legal', 'Legal'), ('manufacturing', 'Manufacturing'), ('marketing', 'Marketing'), ('media', 'Media'), ('medical', 'Medical'), ('nonprofit', 'Non-profit'), ('pharmaceuticals', 'Pharmaceuticals'), ('real_estate', 'Real estate'), ('research', 'Research'), ('retail', 'Retail'), ('services', 'Services'), ('software', 'Software'), ('technology', 'Technology'), ('telecommunications', 'Telecommunications'), ('transport', 'Transport'), ('wholesale', 'Wholesale'), ('other', 'Other')], max_length=24, verbose_name='industry')),
                ('annual_revenue', models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='annual revenue')),
                ('employees', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10000000)], verbose_name='employees')),
                ('founded_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1000), django.core.validators.MaxValueValidator(2200)], verbose_name='founded in')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('name', 'number', 'email', 'phone', 'city', 'website'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.currency', verbose_name='currency')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='subsidiaries', to='accounts.account', verbose_name='belongs to')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='d7ab4b00b9a3336f95395c3e1b1483e5b44f30ff', operation='UPDATE', pgid='pgtrigger_keep_current_f3c0a', table='accounts_account', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='4f771ae659d5621c03b20db664ca526cc6da02b5', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_92c4a', table='accounts_account', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('account', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='02eb861a716e6c9427c0e55627c481d4a59a0c5e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_8c388', table='accounts_account', when='AFTER')), pgtrigger.compiler.Trigger(name='number', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF NEW.number IS NULL OR NEW.number = '' THEN NEW.number := public.crm_next_number('account'); END IF; RETURN NEW;", hash='5aa1b66fd3551aabba37ac8218de9d3fb07c3ae8', operation='INSERT', pgid='pgtrigger_number_10607', table='accounts_account', when='BEFORE'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='account_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='account_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='account_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='account_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='account_search'), models.Index(fields=['name', 'id'], name='account_name'), models.Index(django.db.models.functions.text.Upper('name'), name='account_same_name'), models.Index(fields=['industry'], name='account_industry'), models.Index(django.db.models.functions.text.Upper('email'), name='account_email'), models.Index(django.db.models.functions.text.Upper('website'), name='account_website'), models.Index(django.db.models.functions.text.Upper('phone'), name='account_phone'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('name', 'gin_trgm_ops'), name='account_alike')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='account_external_id'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='account_has_name'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='account_not_own_parent', violation_error_message='It cannot belong to itself.'), models.CheckConstraint(condition=models.Q(('annual_revenue__isnull', True), ('annual_revenue__gte', 0), _connector='OR'), name='account_revenue_positive')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
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
                ('first_name', models.CharField(blank=True, max_length=80, verbose_name='first name')),
                ('last_name', models.CharField(max_length=80, verbose_name='last name')),
                ('full_name', models.GeneratedField(db_persist=True, expression=accounts.models.person.FullName(), output_field=models.CharField(max_length=161, verbose_name='name'), verbose_name='name')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='job title')),
                ('mobile', models.CharField(blank=True, max_length=40, verbose_name='mobile phone')),
                ('birthday', models.DateField(blank=True, null=True, verbose_name='birthday')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('first_name', 'last_name', 'email', 'phone', 'mobile', 'job_title'), output_field=models.TextField())),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to='accounts.account')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='7091f362a53241107fd309a1718eec4d8b57be40', operation='UPDATE', pgid='pgtrigger_keep_current_d1853', table='accounts_contact', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='10419a12928246355f3c38faa5163cfa725d8186', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_8aa2c', table='accounts_contact', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('contact', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='c2f0a567cff949de2f89123fd6e4870596ecc9c5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_01f4b', table='accounts_contact', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='contact_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='contact_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='contact_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='contact_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='contact_search'), models.Index(fields=['last_name', 'first_name', 'id'], name='contact_name'), models.Index(django.db.models.functions.text.Upper('email'), name='contact_email'), models.Index(django.db.models.functions.text.Upper('last_name'), django.db.models.functions.text.Upper('first_name'), name='contact_same_name'), models.Index(django.db.models.functions.text.Upper('mobile'), name='contact_mobile'), models.Index(django.db.models.functions.text.Upper('phone'), name='contact_phone')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='contact_external_id'), models.CheckConstraint(condition=models.Q(('last_name', ''), _negated=True), name='contact_has_name')],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='primary_contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.contact', verbose_name='main person'),
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Account', 'Contact'],
        ),
    ]
