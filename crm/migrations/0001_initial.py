import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import crm.database.installing
import crm.models.file
import crm.models.principal
import crm.models.record
from crm.migrations._functions import OPERATIONS
from crm.migrations._stamps import STAMPED, UNITS


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        *OPERATIONS,
        migrations.CreateModel(
            name='Principal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('user', 'User'), ('team', 'Team')], editable=False, max_length=8)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
            ],
            options={
                'verbose_name': 'owner',
                'verbose_name_plural': 'owners',
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='BusinessUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, editable=False, help_text='Ids from the root down to this unit; kept by a trigger.', size=None)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='crm.businessunit', verbose_name='parent unit')),
            ],
            options={
                'verbose_name': 'business unit',
                'verbose_name_plural': 'business units',
                'ordering': ('name', 'id'),
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['path'], name='crm_unit_path')],
                'constraints': [models.UniqueConstraint(models.F('parent'), models.F('name'), name='crm_unit_name_per_parent'), models.UniqueConstraint(models.Value(1), condition=models.Q(('parent__isnull', True)), name='crm_unit_single_root')],
            },
        ),
        migrations.CreateModel(
            name='DiscardedContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('discarded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=40)),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('columns', models.JSONField(default=list)),
                ('shape', models.CharField(help_text='Fingerprint of target and header.', max_length=64)),
                ('mapping', models.JSONField(default=dict)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('checking', 'Being checked'), ('checked', 'Checked'), ('running', 'Running'), ('done', 'Done'), ('undone', 'Undone'), ('failed', 'Stopped')], default='uploaded', max_length=12, verbose_name='state')),
                ('row_count', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('failure', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'indexes': [models.Index(fields=['shape', '-id'], name='crm_import_shape')],
            },
        ),
        migrations.CreateModel(
            name='RecordTypeName',
            fields=[
                ('record_type', models.CharField(editable=False, max_length=40, primary_key=True, serialize=False)),
                ('icon', models.CharField(blank=True, help_text='Empty: the icon it came with.', max_length=40, verbose_name='icon')),
            ],
            options={
                'verbose_name': 'names of a record type',
                'verbose_name_plural': 'names of record types',
                'ordering': ('record_type',),
            },
        ),
        migrations.CreateModel(
            name='Stamp',
            fields=[
                ('name', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('principal_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='crm.principal')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='job title')),
                ('language', models.CharField(default='en', max_length=8, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('theme', models.CharField(choices=[('auto', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='auto', max_length=8, verbose_name='theme')),
                ('has_shortcuts', models.BooleanField(default=True, verbose_name='keyboard shortcuts')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL, verbose_name='manager')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ('name', 'principal_ptr_id'),
            },
            bases=('crm.principal', models.Model),
            managers=[
                ('objects', crm.models.principal.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('principal_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='crm.principal')),
                ('description', models.CharField(blank=True, max_length=240, verbose_name='description')),
            ],
            options={
                'verbose_name': 'team',
                'verbose_name_plural': 'teams',
                'ordering': ('name', 'principal_ptr_id'),
            },
            bases=('crm.principal',),
        ),
        migrations.AddField(
            model_name='principal',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='principals', to='crm.businessunit', verbose_name='business unit'),
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created')),
                ('modified_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='modified')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('external_id', models.CharField(blank=True, editable=False, help_text='Key in the system the record was imported from.', max_length=120, null=True, verbose_name='external id')),
                ('kind', models.CharField(choices=[('task', 'Task'), ('call', 'Phone call'), ('appointment', 'Appointment'), ('email', 'E-mail'), ('note', 'Note')], max_length=12, verbose_name='kind')),
                ('subject', models.CharField(max_length=240, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='description')),
                ('state', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('canceled', 'Canceled')], default='open', max_length=12, verbose_name='state')),
                ('priority', models.PositiveSmallIntegerField(choices=[(1, 'High'), (2, 'Normal'), (3, 'Low')], default=2, verbose_name='priority')),
                ('regarding_type', models.CharField(blank=True, editable=False, max_length=40)),
                ('regarding_id', models.BigIntegerField(editable=False, null=True)),
                ('due_at', models.DateTimeField(blank=True, help_text='For an appointment, its start.', null=True, verbose_name='due')),
                ('end_at', models.DateTimeField(blank=True, null=True, verbose_name='end')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done')),
                ('happened_at', models.DateTimeField(editable=False, help_text='Due, sent, done or written.', verbose_name='in the timeline at')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(100000)], verbose_name='minutes')),
                ('is_incoming', models.BooleanField(default=False, verbose_name='incoming')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='location')),
                ('recipients', models.JSONField(blank=True, default=list, editable=False, verbose_name='to')),
                ('delivery', models.CharField(blank=True, choices=[('', 'Not sent'), ('pending', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='', editable=False, max_length=8)),
                ('delivery_note', models.CharField(blank=True, editable=False, max_length=400)),
                ('search_text', models.GeneratedField(db_persist=True, expression=crm.models.record.FoldedText('subject', 'body'), output_field=models.TextField())),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='created by')),
                ('modified_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='modified by')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.principal', verbose_name='owner')),
                ('unit', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.businessunit', verbose_name='business unit')),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activities',
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='keep_current', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.version := OLD.version + 1; IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; RETURN NEW;', hash='cbc9af5f4c150d503b141ef6821c49c27ef964ed', operation='UPDATE', pgid='pgtrigger_keep_current_2bb12', table='crm_activity', when='BEFORE')), pgtrigger.compiler.Trigger(name='keep_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func='SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;', hash='ac3eab3071f6ee004ddd003758e8ce24a632c770', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_keep_unit_dc83d', table='crm_activity', when='BEFORE')), pgtrigger.compiler.Trigger(name='history', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.crm_record_change('activity', TG_OP, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;", hash='5edf9a5e09418d31500dd80735da18f9b2ae52ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_history_185b5', table='crm_activity', when='AFTER'))],
                'indexes': [models.Index(fields=['-modified_at', '-id'], name='activity_recent'), models.Index(fields=['unit', '-modified_at', '-id'], name='activity_unit'), models.Index(fields=['owner', '-modified_at', '-id'], name='activity_owner'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='activity_bin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', 'gin_trgm_ops'), name='activity_search'), models.Index(fields=['regarding_type', 'regarding_id', '-happened_at', '-id'], name='activity_timeline'), models.Index(condition=models.Q(('state', 'open')), fields=['owner', 'due_at', 'id'], name='activity_open_due'), models.Index(condition=models.Q(('state', 'open')), fields=['due_at', 'id'], name='activity_planned'), models.Index(condition=models.Q(('deleted_at__isnull', True), ('state', 'open')), fields=['regarding_type', 'regarding_id', 'due_at', 'id'], name='activity_next_step'), models.Index(condition=models.Q(('delivery__in', ['pending', 'sending'])), fields=['id'], name='activity_to_send')],
                'constraints': [models.UniqueConstraint(fields=('external_id',), name='activity_external_id'), models.CheckConstraint(condition=models.Q(('end_at__isnull', True), ('end_at__gte', models.F('due_at')), _connector='OR'), name='activity_end_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('regarding_id__isnull', True), ('regarding_type', '')), models.Q(models.Q(('regarding_type', ''), _negated=True), ('regarding_id__isnull', False)), _connector='OR'), name='activity_regarding_whole')],
            },
        ),
        migrations.CreateModel(
            name='CompanySettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='CRM', max_length=120, verbose_name='company name')),
                ('address', models.TextField(blank=True, verbose_name='postal address')),
                ('registration', models.TextField(blank=True, help_text='Shown at the foot of documents.', verbose_name='registration lines')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('payment_details', models.TextField(blank=True, verbose_name='payment details')),
                ('document_terms', models.TextField(blank=True, verbose_name='terms on documents')),
                ('fiscal_year_start', models.PositiveSmallIntegerField(default=1, verbose_name='fiscal year starts in')),
                ('bin_days', models.PositiveSmallIntegerField(default=30, help_text='What is deleted can be restored, and what was done undone, for so many days. Then it is erased for good.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='days in the bin')),
            ],
            options={
                'verbose_name': 'company settings',
                'verbose_name_plural': 'company settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='crm_company_single'), models.CheckConstraint(condition=models.Q(('fiscal_year_start__gte', 1), ('fiscal_year_start__lte', 12)), name='crm_company_fiscal_month')],
            },
        ),
        migrations.CreateModel(
            name='Currency',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name='ISO code')),
                ('rate', models.DecimalField(decimal_places=8, default=1, help_text='Units of this currency for one unit of the base currency.', max_digits=18, validators=[django.core.validators.MinValueValidator(0)], verbose_name='rate')),
                ('is_base', models.BooleanField(default=False, verbose_name='base currency')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'currency',
                'verbose_name_plural': 'currencies',
                'ordering': ('code',),
                'constraints': [models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='crm_currency_rate'), models.UniqueConstraint(condition=models.Q(('is_base', True)), fields=('is_base',), name='crm_currency_one_base')],
            },
        ),
        migrations.CreateModel(
            name='FieldChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('version', models.IntegerField(help_text="The record's version after the change.")),
                ('event', models.CharField(choices=[('insert', 'Created'), ('update', 'Changed'), ('delete', 'Deleted')], max_length=8)),
                ('changes', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor_id', models.BigIntegerField(null=True)),
                ('operation', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['record_type', 'record_id', '-id'], name='crm_change_record'), models.Index(fields=['operation'], name='crm_change_operation')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(verbose_name='line')),
                ('cells', models.JSONField()),
                ('verdict', models.CharField(blank=True, choices=[('', 'Not checked'), ('new', 'New'), ('update', 'Update'), ('same', 'Unchanged'), ('duplicate', 'Duplicate'), ('error', 'Error')], default='', max_length=10, verbose_name='verdict')),
                ('problems', models.JSONField(default=list)),
                ('is_done', models.BooleanField(default=False)),
                ('record_id', models.BigIntegerField(null=True)),
                ('operation', models.UUIDField(null=True)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='crm.importjob')),
            ],
            options={
                'verbose_name': 'imported line',
                'verbose_name_plural': 'imported lines',
                'indexes': [models.Index(fields=['job', 'verdict', 'line'], name='crm_import_verdict')],
                'constraints': [models.UniqueConstraint(fields=('job', 'line'), name='crm_import_row_once')],
            },
        ),
        migrations.CreateModel(
            name='LocalMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.TextField()),
                ('recipients', models.JSONField(default=list)),
                ('subject', models.TextField(blank=True)),
                ('text', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('headers', models.JSONField(default=dict)),
                ('raw', models.BinaryField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-created_at', '-id'),
                'indexes': [models.Index(fields=['-created_at', '-id'], name='crm_local_message_newest')],
            },
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='record type')),
                ('prefix', models.CharField(blank=True, max_length=12, verbose_name='prefix')),
                ('digits', models.PositiveSmallIntegerField(default=5, verbose_name='digits')),
            ],
            options={
                'verbose_name': 'number format',
                'verbose_name_plural': 'number formats',
                'constraints': [models.CheckConstraint(condition=models.Q(('digits__gte', 3), ('digits__lte', 12)), name='crm_number_digits')],
            },
        ),
        migrations.CreateModel(
            name='RecordTypeLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=8, verbose_name='language')),
                ('singular', models.CharField(max_length=60, verbose_name='one of them')),
                ('plural', models.CharField(max_length=60, verbose_name='several of them')),
                ('record_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='crm.recordtypename', verbose_name='record type')),
            ],
            options={
                'verbose_name': 'name',
                'verbose_name_plural': 'names',
                'constraints': [models.UniqueConstraint(fields=('record_type', 'language'), name='crm_type_name_once')],
            },
        ),
        migrations.CreateModel(
            name='FieldLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=60, verbose_name='field')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=8, verbose_name='language')),
                ('label', models.CharField(max_length=80, verbose_name='label')),
                ('record_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='crm.recordtypename', verbose_name='record type')),
            ],
            options={
                'verbose_name': 'name of a field',
                'verbose_name_plural': 'names of fields',
                'constraints': [models.UniqueConstraint(fields=('record_type', 'field', 'language'), name='crm_field_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('profile', models.CharField(blank=True, editable=False, help_text='Key of the standard role this one was made from.', max_length=32)),
                ('description', models.CharField(blank=True, max_length=240, verbose_name='description')),
                ('can_administer', models.BooleanField(default=False, help_text='Settings, roles, users and names.', verbose_name='may change settings')),
                ('holders', models.ManyToManyField(blank=True, related_name='roles', to='crm.principal', verbose_name='held by')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RolePrivilege',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40, verbose_name='record type')),
                ('privilege', models.CharField(choices=[('create', 'Create'), ('read', 'Read'), ('write', 'Write'), ('delete', 'Delete'), ('append', 'Append'), ('append_to', 'Append to'), ('assign', 'Assign'), ('share', 'Share'), ('export', 'Export'), ('merge', 'Merge')], max_length=12, verbose_name='privilege')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'None'), (1, 'Own'), (2, 'Unit'), (3, 'Unit and below'), (4, 'Organisation')], verbose_name='level')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='privileges', to='crm.role')),
            ],
            options={
                'verbose_name': 'role privilege',
                'verbose_name_plural': 'role privileges',
                'constraints': [models.UniqueConstraint(fields=('role', 'record_type', 'privilege'), name='crm_role_privilege_once'), models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3, 4])), name='crm_role_privilege_level')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('privilege', models.CharField(choices=[('create', 'Create'), ('read', 'Read'), ('write', 'Write'), ('delete', 'Delete'), ('append', 'Append'), ('append_to', 'Append to'), ('assign', 'Assign'), ('share', 'Share'), ('export', 'Export'), ('merge', 'Merge')], max_length=12, verbose_name='privilege')),
                ('granted_at', models.DateTimeField()),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.principal')),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.principal', verbose_name='shared with')),
            ],
            options={
                'verbose_name': 'share',
                'verbose_name_plural': 'shares',
                'indexes': [models.Index(fields=['record_type', 'record_id'], name='crm_share_record')],
                'constraints': [models.UniqueConstraint(fields=('principal', 'record_type', 'privilege', 'record_id'), name='crm_share_once')],
            },
        ),
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField()),
                ('record_type', models.CharField(default='', max_length=40)),
                ('record_id', models.BigIntegerField(null=True)),
                ('sent_at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'token'), name='crm_sent_form_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('conditions', models.JSONField(default=dict)),
                ('columns', models.JSONField(default=list)),
                ('sort', models.CharField(blank=True, max_length=120)),
                ('is_shared', models.BooleanField(default=False, verbose_name='everyone may use it')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'view',
                'verbose_name_plural': 'views',
                'ordering': ('name', 'id'),
                'constraints': [models.UniqueConstraint(fields=('owner', 'record_type', 'name'), name='crm_view_name_once')],
            },
        ),
        migrations.CreateModel(
            name='RecentRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('title', models.CharField(max_length=240)),
                ('seen_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-seen_at'], name='crm_recent_order')],
                'constraints': [models.UniqueConstraint(fields=('user', 'record_type', 'record_id'), name='crm_recent_once')],
            },
        ),
        migrations.CreateModel(
            name='PinnedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('view', models.CharField(help_text="Key of a view that ships, or 's' and the id of a saved one.", max_length=40)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'record_type'), name='crm_pin_one_per_type')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.UUIDField()),
                ('verb', models.CharField(max_length=40)),
                ('record_type', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
                ('is_undone', models.BooleanField(default=False)),
                ('is_final', models.BooleanField(db_default=False, default=False, help_text="Its operation can't be taken back with Undo.")),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal entries',
                'indexes': [models.Index(fields=['record_type', 'record_id', '-at', '-id'], name='crm_journal_record'), models.Index(fields=['operation'], name='crm_journal_operation'), models.Index(fields=['actor', '-at'], name='crm_journal_actor')],
            },
        ),
        migrations.AddField(
            model_name='importjob',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='File',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('media_type', models.CharField(max_length=120)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('content', models.FileField(max_length=200, upload_to=crm.models.file._place)),
                ('uploaded_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='crm.activity')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'file',
                'verbose_name_plural': 'files',
                'triggers': [pgtrigger.compiler.Trigger(name='discard', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.crm_discardedcontent (name, discarded_at) VALUES (OLD.content, now()); RETURN NULL;', hash='bfb964967dbfbce48f19c5661cc565f6d2d09cd1', operation='DELETE', pgid='pgtrigger_discard_c3480', table='crm_file', when='AFTER'))],
                'indexes': [models.Index(fields=['record_type', 'record_id', '-id'], name='crm_file_record'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='crm_file_bin')],
            },
        ),
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=40)),
                ('verb', models.CharField(max_length=40)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='In key order.', size=None)),
                ('data', models.TextField(blank=True, help_text='What was posted, as in an address.')),
                ('state', models.CharField(choices=[('chosen', 'Rows chosen'), ('running', 'Running'), ('done', 'Done'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('failed', 'Stopped')], default='chosen', max_length=8, verbose_name='state')),
                ('operation', models.UUIDField()),
                ('position', models.PositiveIntegerField(default=0, help_text='Rows that were dealt with.')),
                ('changed', models.PositiveIntegerField(default=0)),
                ('refused', models.JSONField(default=dict, help_text='Key -> why the row was left alone.')),
                ('failure', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'change to many rows',
                'verbose_name_plural': 'changes to many rows',
                'indexes': [models.Index(fields=['created_by', '-id'], name='crm_bulkjob_mine'), models.Index(condition=models.Q(('state__in', ['running', 'undoing'])), fields=['id'], name='crm_bulkjob_open')],
            },
        ),
        migrations.CreateModel(
            name='TeamMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='crm.team')),
            ],
            options={
                'verbose_name': 'team member',
                'verbose_name_plural': 'team members',
                'constraints': [models.UniqueConstraint(fields=('team', 'user'), name='crm_member_once')],
            },
        ),
        migrations.AddField(
            model_name='team',
            name='members',
            field=models.ManyToManyField(related_name='teams', through='crm.TeamMembership', to=settings.AUTH_USER_MODEL, verbose_name='members'),
        ),
        migrations.AddIndex(
            model_name='importjob',
            index=models.Index(fields=['created_by', '-created_at'], name='crm_import_mine'),
        ),
        crm.database.installing.InstallTriggers(
            model_names=['Activity', 'File'],
        ),
        *STAMPED, *UNITS,
    ]
