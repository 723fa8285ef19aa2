"""The outbox and who gets what is in it.

The database is the queue: a row of `Reminder` is one obligation to tell somebody something, from the moment when it is
planned until it is sent, has failed or has become pointless. It is written by notifications.outbox alone.
docs/reliability.md tells what the scheme promises.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models import Municipality, PeriodPlan, ReportingRound, Unit, User
from toimenpiteet.models.audit import name_reference

_MAIL_HOURS = [MinValueValidator(8), MaxValueValidator(15)]
UNSENT = ("planned", "claimed", "sending")
HELD = ("claimed", "sending")
DAY = "day"
"""The kind of the mail of the day, which tells everything that is owed; a mail apart from it has a kind of its own."""


class Reminder(models.Model):
    """A mail that is to be sent, was sent, or was given up."""

    class State(models.TextChoices):
        """Where the row is. A row that a dead process left `claimed` is certainly unsent, `sending` possibly sent."""

        PLANNED = "planned", pgettext_lazy("reminder", "planned")
        CLAIMED = "claimed", pgettext_lazy("reminder", "being prepared")
        SENDING = "sending", pgettext_lazy("reminder", "being sent")
        SENT = "sent", pgettext_lazy("reminder", "sent")
        FAILED = "failed", pgettext_lazy("reminder", "failed")
        CANCELLED = "cancelled", pgettext_lazy("reminder", "not sent")

    class Reason(models.TextChoices):
        """Why a reminder was given up."""

        ANSWERED = "answered", _("Nothing on the list is open any more.")
        ELSEWHERE = "elsewhere", _("Somebody else is to be told now, and gets a mail of their own.")
        TOO_LATE = "too_late", _("The deadline has passed, or the round is closed.")
        SUPERSEDED = "superseded", _("A later reminder of the same list has taken its place.")
        GONE = "gone", _("The account is closed, or no longer there.")

    class Problem(models.TextChoices):
        """What went wrong at the last attempt; `error` holds the mail server's own words."""

        NOBODY = "nobody", _("Nobody to tell: no manager, no mailbox and no strategy director. Name one of them.")
        BOUNCED = "bounced", _("The address bounces: the mail server does not take mail for it. Correct the address.")
        BAD_ADDRESS = "bad_address", _("This is not an e-mail address. Correct it.")
        REFUSED = "refused", _("The mail server refuses the mail.")
        BUSY = "busy", _("The mail server asks to slow down. The mail is tried again.")
        LATER = "later", _("The mail server cannot take the mail now. It is tried again.")
        NETWORK = "network", _("The mail server was not reached, or the connection broke. The mail is tried again.")
        POLICY = "policy", _("The mail server refuses us: check its settings. The mail is tried again.")
        BROKEN = "broken", _("The mail could not be made: the program's log tells why. It is tried again.")

    key = models.CharField(max_length=400, unique=True, editable=False)
    # Of a mail about an account it is none: an account belongs to no municipality.
    municipality = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, default=DAY)
    recipient_key = models.CharField(max_length=280, editable=False)
    # No constraint: removing an account must not rewrite the log; name and address stay recorded.
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    name = name_reference(_("recipient"), null=True)
    address = name_reference(_("address"), null=True)
    language = models.CharField(_("language"), max_length=2)
    day = models.DateField(_("day of the reminder"))
    due_at = models.DateTimeField(_("due to be sent"))
    created_at = models.DateTimeField(_("planned at"))

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PLANNED)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    maybe_sent = models.BooleanField(_("may have been sent by an attempt that broke off"), default=False)
    problem = models.CharField(_("what went wrong"), max_length=20, blank=True, choices=Problem.choices)
    reason = models.CharField(_("why not sent"), max_length=20, blank=True, choices=Reason.choices)
    # Like the texts below with references in the place of names and addresses (notifications.names).
    error = models.TextField(_("what the mail server said"), blank=True)

    # The identity of the mail: every retry uses the same, so that a second copy can be known as one.
    message_id = models.CharField(max_length=255, unique=True, editable=False)
    dated_at = models.DateTimeField(_("date of the mail"), null=True, editable=False)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # When it came to its end: sent, failed or given up.
    settled_at = models.DateTimeField(null=True, editable=False)

    again_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="again")
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    asked_by_name = name_reference(_("asked by"), null=True)
    # What a mail about an account says besides the account; nothing of it is secret.
    facts = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-due_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "claimed", "sending", "sent", "failed", "cancelled"]),
                name="reminder_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD, token__isnull=False, lease_until__isnull=False)
                | (~Q(state__in=HELD) & Q(token__isnull=True, lease_until__isnull=True)),
                name="reminder_held_has_lease",
            ),
            models.CheckConstraint(
                condition=(Q(state="sent", sent_at__isnull=False, dated_at__isnull=False) & ~Q(subject=""))
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="reminder_sent_is_recorded",
            ),
            models.CheckConstraint(
                condition=(Q(state="cancelled") & ~Q(reason="")) | (~Q(state="cancelled") & Q(reason="")),
                name="reminder_given_up_has_reason",
            ),
            models.CheckConstraint(condition=~Q(state="failed", problem=""), name="reminder_failed_says_why"),
            models.CheckConstraint(
                condition=Q(kind=DAY, municipality__isnull=False) | (~Q(kind=DAY) & Q(municipality__isnull=True)),
                name="reminder_of_the_day_has_a_municipality",
            ),
        ]
        indexes = [
            models.Index(fields=("next_attempt_at", "id"), name="reminder_queue", condition=Q(state__in=UNSENT)),
            models.Index(fields=("municipality", "-due_at", "-id"), name="reminder_log"),
            models.Index(fields=("municipality", "recipient_key", "day"), name="reminder_series"),
            models.Index(fields=("municipality", "state", "settled_at"), name="reminder_settled"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def home(self) -> Municipality:
        """Return the municipality of a mail of the day."""
        assert self.municipality is not None  # noqa: S101  # a constraint says so
        return self.municipality

    @property
    def recipient(self) -> str:
        """Return the receiver's recorded name; a mailbox has none."""
        return self.name.text if self.name else ""

    @property
    def sent_to(self) -> str:
        """Return the recorded address; empty where there was nobody to tell."""
        return self.address.text if self.address else ""


class Obligation(models.Model):
    """One thing that one receiver is to be told of, once: it hangs on the mail that tells it.

    `key` is UNIQUE and made of the kind, the receiver and what it is about; once it is dropped, the key is free again.
    """

    class Outcome(models.TextChoices):
        """What became of it."""

        PLANNED = "planned", pgettext_lazy("obligation", "to be told")
        TOLD = "told", pgettext_lazy("obligation", "told")
        DROPPED = "dropped", pgettext_lazy("obligation", "needs no telling any more")
        FAILED = "failed", pgettext_lazy("obligation", "did not arrive")

    key = models.CharField(max_length=500, unique=True, editable=False)
    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="obligations")
    kind = models.CharField(_("kind"), max_length=20)
    round = models.ForeignKey(ReportingRound, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(PeriodPlan, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PLANNED)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["planned", "told", "dropped", "failed"]), name="obligation_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class OutboxHold(models.Model):
    """That mails of the day stay where they are until somebody lets them go: one, those of a municipality, or all.

    It is its own record: who held and who let go, when and why.
    """

    municipality = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    reminder = models.ForeignKey(Reminder, null=True, on_delete=models.CASCADE, related_name="holds")
    since = models.DateTimeField(_("held since"))
    by_name = name_reference(_("held by"))
    why = models.TextField(_("why"))
    released_at = models.DateTimeField(_("let go"), null=True)
    released_by_name = name_reference(_("let go by"), null=True)

    class Meta:
        verbose_name = _("hold on mails")
        verbose_name_plural = _("holds on mails")
        ordering = ("-since", "-pk")
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="outbox_hold_says_why")]

    def __str__(self) -> str:
        return f"{self.municipality_id or ''} {self.reminder_id or ''}"


class OutboxState(models.Model):
    """One row: when the last tick ended, and what stops every mail: our own settings, or what could not be planned."""

    ticked_at = models.DateTimeField(null=True)
    refused_us = models.TextField(blank=True)
    refused_us_at = models.DateTimeField(null=True)
    not_planned = models.TextField(blank=True)

    class Meta:
        verbose_name = _("state of the outbox")
        verbose_name_plural = _("states of the outbox")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="outbox_state_once")]

    def __str__(self) -> str:
        return str(self.ticked_at)


class AnswerLink(models.Model):
    """A link of a mail by which its receiver answers in one round without signing in, for a few plans or all of theirs.

    Only the hash of its key is kept. Without a person it is of a unit's mailbox: whoever opens it says who answers.
    """

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="links")
    round = models.ForeignKey(ReportingRound, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="answer_links"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # The last day on which it opens anything (Europe/Helsinki).
    ends_on = models.DateField(_("holds until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by_name = name_reference(_("revoked by"), null=True)

    class Meta:
        verbose_name = _("link for answering")
        verbose_name_plural = _("links for answering")
        constraints = [models.UniqueConstraint(fields=("reminder", "round"), name="answer_link_once")]

    def __str__(self) -> str:
        return f"{self.reminder_id}: {self.round_id}"


class WebHook(models.Model):
    """An address of a municipality's own to which the week's numbers are sent, signed with `secret`, until it ends."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made at"))
    made_by_name = name_reference(_("made by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by_name = name_reference(_("ended by"), null=True)

    class Meta:
        verbose_name = _("web hook")
        verbose_name_plural = _("web hooks")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("municipality",), condition=Q(ended_at__isnull=True), name="hook_one"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by_name__isnull=True)
                | Q(ended_at__isnull=False, ended_by_name__isnull=False),
                name="hook_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class HookCall(models.Model):
    """One week's numbers on their way to a web hook: made once for each week, tried again until the week is over."""

    class State(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", pgettext_lazy("hook call", "to be sent")
        SENT = "sent", pgettext_lazy("hook call", "sent")
        CANCELLED = "cancelled", pgettext_lazy("hook call", "given up")

    hook = models.ForeignKey(WebHook, on_delete=models.CASCADE, related_name="calls")
    week = models.CharField(_("week"), max_length=10)
    delivery = models.UUIDField(editable=False)
    body = models.TextField(editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("what the server said"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("call of a web hook")
        verbose_name_plural = _("calls of web hooks")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("hook", "week"), name="hook_call_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="hook_call_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id}: {self.week}"


class CalendarFeed(models.Model):
    """A person's calendar as a feed; only the hash of its key is kept, so it is shown once, when it is made."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.person_id)


class NotificationPreference(models.Model):
    """What a person has chosen about mails. Nobody can choose none: duties stay."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_preference")
    hour = models.PositiveSmallIntegerField(_("hour of the mail"), default=8, validators=_MAIL_HOURS)
    # The names of the kinds that the person does not want, of those that are no duty.
    muted = models.JSONField(_("not wanted"), default=list, blank=True)
    language = models.CharField(
        _("language of the mails"),
        max_length=2,
        blank=True,
        choices=settings.LANGUAGES,
    )

    class Meta:
        verbose_name = _("choice about mails")
        verbose_name_plural = _("choices about mails")
        constraints = [models.CheckConstraint(condition=Q(hour__gte=8, hour__lte=15), name="preference_mail_hours")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.hour}"
