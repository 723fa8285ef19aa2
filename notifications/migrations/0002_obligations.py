"""Mails of the day that tell whatever is owed, of any kind; what a mail tells are rows with keys of their own."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat


def key_of_parts(apps, schema_editor):
    """Give each part of a mail of before a key, and what became of it."""
    obligations = apps.get_model("notifications", "Obligation").objects
    obligations.update(key=Concat(Value("round_due:"), Cast("pk", models.CharField())))
    for state, outcome in (("sent", "told"), ("failed", "failed"), ("cancelled", "dropped")):
        obligations.filter(reminder__state=state).update(outcome=outcome)


def settle(apps, schema_editor):
    """Write when each mail of before came to its end, as far as that is known."""
    reminders = apps.get_model("notifications", "Reminder").objects
    reminders.filter(state="sent").update(settled_at=F("sent_at"))
    reminders.filter(state__in=["failed", "cancelled"]).update(settled_at=F("next_attempt_at"))
    # What waits is planned anew, in the new shape.
    reminders.filter(state__in=["planned", "claimed", "sending"]).delete()
    reminders.update(kind="day")


class Migration(migrations.Migration):

    dependencies = [("notifications", "0001_mails"), ("toimenpiteet", "0003_reminding")]

    operations = [
        migrations.RenameModel("ReminderPart", "Obligation"),
        migrations.RemoveConstraint("obligation", "reminder_part_once"),
        migrations.AlterModelOptions("obligation", {"verbose_name": "obligation", "verbose_name_plural": "obligations"}),
        migrations.AddField("obligation", "key", models.CharField(default="", editable=False, max_length=500), preserve_default=False),
        migrations.AddField("obligation", "kind", models.CharField(default="round_due", max_length=20, verbose_name="kind"), preserve_default=False),
        migrations.AddField(
            "obligation",
            "outcome",
            models.CharField(
                choices=[("planned", "to be told"), ("told", "told"), ("dropped", "needs no telling any more"), ("failed", "did not arrive")],
                default="planned",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "obligation",
            "plan",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="toimenpiteet.periodplan"),
        ),
        migrations.AlterField(
            "obligation",
            "reminder",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="obligations", to="notifications.reminder"),
        ),
        migrations.AlterField(
            "obligation",
            "round",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="toimenpiteet.reportinground"),
        ),
        migrations.AlterField(
            "obligation",
            "unit",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="toimenpiteet.unit"),
        ),
        migrations.AlterField("reminder", "kind", models.CharField(default="day", max_length=20, verbose_name="kind")),
        migrations.AlterField(
            "reminder",
            "reason",
            models.CharField(
                blank=True,
                choices=[
                    ("answered", "Nothing on the list is open any more."),
                    ("elsewhere", "Somebody else is to be told now, and gets a mail of their own."),
                    ("too_late", "The deadline has passed, or the round is closed."),
                    ("superseded", "A later reminder of the same list has taken its place."),
                    ("gone", "The account is closed, or no longer there."),
                ],
                max_length=20,
                verbose_name="why not sent",
            ),
        ),
        migrations.AddField("reminder", "settled_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(key_of_parts, migrations.RunPython.noop),
        migrations.RunPython(settle, migrations.RunPython.noop),
        migrations.AlterField("obligation", "key", models.CharField(editable=False, max_length=500, unique=True)),
        migrations.AddConstraint(
            "obligation",
            models.CheckConstraint(
                condition=models.Q(outcome__in=["planned", "told", "dropped", "failed"]), name="obligation_outcome_known"
            ),
        ),
        migrations.AddIndex(
            "reminder", models.Index(fields=["municipality", "state", "settled_at"], name="reminder_settled")
        ),
        migrations.RemoveField("notificationpreference", "frequency"),
        migrations.AddField(
            "notificationpreference",
            "hour",
            models.PositiveSmallIntegerField(
                default=8,
                validators=[django.core.validators.MinValueValidator(8), django.core.validators.MaxValueValidator(15)],
                verbose_name="hour of the mail",
            ),
        ),
        migrations.AddField(
            "notificationpreference", "muted", models.JSONField(blank=True, default=list, verbose_name="not wanted")
        ),
        migrations.AddConstraint(
            "notificationpreference",
            models.CheckConstraint(condition=models.Q(("hour__gte", 8), ("hour__lte", 15)), name="preference_mail_hours"),
        ),
    ]
