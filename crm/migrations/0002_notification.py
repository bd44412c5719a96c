import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='companysettings',
            name='notification_days',
            field=models.PositiveSmallIntegerField(db_default=60, default=60, help_text='Older ones are taken away, whether they were read or not.', validators=[django.core.validators.MinValueValidator(7), django.core.validators.MaxValueValidator(3650)], verbose_name='days notifications are kept'),
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('record_type', models.CharField(blank=True, max_length=40)),
                ('record_id', models.BigIntegerField(help_text='Empty where it tells of several.', null=True)),
                ('count', models.PositiveIntegerField(default=1)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('operation', models.UUIDField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('mail', models.CharField(blank=True, choices=[('', 'Not by e-mail'), ('pending', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='', max_length=8)),
                ('mail_at', models.DateTimeField(help_text='When the e-mail was begun.', null=True)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.principal')),
                ('recipient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'indexes': [models.Index(fields=['recipient', '-id'], name='crm_notification_newest'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['recipient', '-id'], name='crm_notification_unread'), models.Index(fields=['record_type', 'record_id'], name='crm_notification_record'), models.Index(condition=models.Q(('mail__in', ['pending', 'sending'])), fields=['recipient', 'id'], name='crm_notification_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('operation', 'recipient', 'kind', 'record_type'), name='crm_notification_once'), models.UniqueConstraint(condition=models.Q(('kind', 'due')), fields=('recipient', 'record_id', 'at'), name='crm_notification_reminded_once')],
            },
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('way', models.CharField(choices=[('none', 'Not at all'), ('inside', 'Here'), ('mail', 'Here and by e-mail')], max_length=8)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='crm_notification_choice_once')],
            },
        ),
    ]
