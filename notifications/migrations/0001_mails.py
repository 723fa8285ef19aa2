import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('toimenpiteet', '0001_squashed_0019_report_metadata'),
        ('toimenpiteet', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('frequency', models.CharField(choices=[('every', 'three times before a deadline'), ('last', 'once, on the working day before a deadline')], default='every', max_length=10, verbose_name='reminders')),
                ('language', models.CharField(blank=True, choices=[('fi', 'suomi'), ('sv', 'svenska'), ('en', 'English')], max_length=2, verbose_name='language of the mails')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preference', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'choice about mails',
                'verbose_name_plural': 'choices about mails',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=400, unique=True)),
                ('kind', models.CharField(choices=[('round_due', 'open before a reporting deadline')], max_length=20, verbose_name='kind')),
                ('recipient_key', models.CharField(editable=False, max_length=280)),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('day', models.DateField(verbose_name='day of the reminder')),
                ('due_at', models.DateTimeField(verbose_name='due to be sent')),
                ('created_at', models.DateTimeField(verbose_name='planned at')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('claimed', 'being prepared'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('cancelled', 'not sent')], default='planned', max_length=20, verbose_name='state')),
                ('next_attempt_at', models.DateTimeField(verbose_name='next attempt')),
                ('token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('maybe_sent', models.BooleanField(default=False, verbose_name='may have been sent by an attempt that broke off')),
                ('problem', models.CharField(blank=True, choices=[('nobody', 'Nobody to tell: no manager, no mailbox and no strategy director. Name one of them.'), ('bounced', 'The address bounces: the mail server does not take mail for it. Correct the address.'), ('bad_address', 'This is not an e-mail address. Correct it.'), ('refused', 'The mail server refuses the mail.'), ('busy', 'The mail server asks to slow down. The mail is tried again.'), ('later', 'The mail server cannot take the mail now. It is tried again.'), ('network', 'The mail server was not reached, or the connection broke. The mail is tried again.'), ('policy', 'The mail server refuses us: check its settings. The mail is tried again.'), ('broken', "The mail could not be made: the program's log tells why. It is tried again.")], max_length=20, verbose_name='what went wrong')),
                ('reason', models.CharField(blank=True, choices=[('answered', 'Nothing on the list is open any more.'), ('elsewhere', 'Somebody else is to be told now, and gets a mail of their own.'), ('too_late', 'The deadline has passed, or the round is closed.'), ('superseded', 'A later reminder of the same list has taken its place.')], max_length=20, verbose_name='why not sent')),
                ('error', models.TextField(blank=True, verbose_name='what the mail server said')),
                ('message_id', models.CharField(editable=False, max_length=255, unique=True)),
                ('dated_at', models.DateTimeField(editable=False, null=True, verbose_name='date of the mail')),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('address', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.recordedname', verbose_name='address')),
                ('again_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='again', to='notifications.reminder')),
                ('asked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by_name', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.recordedname', verbose_name='asked by')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.municipality')),
                ('name', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.recordedname', verbose_name='recipient')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'ordering': ('-due_at', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'claimed', 'sending', 'sent', 'failed', 'cancelled'])), name='reminder_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state__in', ('claimed', 'sending')), ('token__isnull', False)), models.Q(models.Q(('state__in', ('claimed', 'sending')), _negated=True), ('lease_until__isnull', True), ('token__isnull', True)), _connector='OR'), name='reminder_held_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('dated_at__isnull', False), ('sent_at__isnull', False), ('state', 'sent'), models.Q(('subject', ''), _negated=True)), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='reminder_sent_is_recorded'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'cancelled'), _negated=True), ('reason', '')), _connector='OR'), name='reminder_given_up_has_reason'), models.CheckConstraint(condition=models.Q(('problem', ''), ('state', 'failed'), _negated=True), name='reminder_failed_says_why')],
                'indexes': [models.Index(condition=models.Q(('state__in', ('planned', 'claimed', 'sending'))), fields=['next_attempt_at', 'id'], name='reminder_queue'), models.Index(fields=['municipality', '-due_at', '-id'], name='reminder_log'), models.Index(fields=['municipality', 'recipient_key', 'day'], name='reminder_series')],
            },
        ),
        migrations.CreateModel(
            name='ReminderPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='notifications.reminder')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.reportinground')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toimenpiteet.unit')),
            ],
            options={
                'verbose_name': 'part of a reminder',
                'verbose_name_plural': 'parts of reminders',
                'constraints': [models.UniqueConstraint(fields=('reminder', 'round', 'unit'), name='reminder_part_once')],
            },
        ),
    ]
