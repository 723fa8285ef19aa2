"""Municipalities, the people in them, and the units that are responsible for things."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from toimenpiteet import labels
from toimenpiteet.languages import DEFAULT, LANGUAGES
from toimenpiteet.models.audit import Audited, GuardedManager
from toimenpiteet.models.names import UnauditedChange
from toimenpiteet.reminder_days import JULY
from toimenpiteet.workflow import Role

UNIT_ROLES = (Role.MANAGER, Role.CONTRIBUTOR)
MUNICIPALITY_ROLES = (Role.DIRECTOR, Role.VIEWER, Role.ADMIN)


def _role_choices(roles: tuple[Role, ...]) -> list[tuple[str, labels.Label]]:
    return [(role.value, labels.ROLE[role]) for role in roles]


class Sourced(models.Model):
    """What came from a document: where it stands there, and what the scan left in doubt."""

    # Looked for only beside its siblings, where it is unique; an index more would be written at every change.
    key = models.SlugField(_("key"), max_length=80, db_index=False)
    order = models.PositiveIntegerField(_("order"), default=0)
    source = models.CharField(_("source"), max_length=300, blank=True)
    doubt = models.TextField(_("doubt"), blank=True)

    class Meta:
        abstract = True


class Municipality(Audited):
    """A kunta: owns strategies, units and people; nothing crosses from one to another."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default=DEFAULT)
    demonstration = models.BooleanField(_("demonstration data"), default=False)
    colour = models.CharField(
        _("own colour"),
        max_length=7,
        blank=True,
        help_text=_("As #rrggbb. It marks the top of each page; texts keep colours that can be read."),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as #rrggbb, such as #0b5566."))],
    )
    logo = models.ForeignKey(
        "toimenpiteet.StoredFile",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    logo_words = models.CharField(
        _("what the logo shows"),
        max_length=200,
        blank=True,
        help_text=_("For those who do not see the picture. When nothing is written, it is the name."),
    )
    report_words = models.TextField(
        _("fixed words of reports"),
        blank=True,
        help_text=_("They stand on the first page of each report, and are frozen with the round."),
    )
    function_class = models.CharField(
        _("function class of reports"),
        max_length=40,
        blank=True,
        help_text=_("As in the case management, such as 00.01.02. It stands in the data beside the files of a report."),
    )
    retention = models.CharField(
        _("retention of reports"),
        max_length=200,
        blank=True,
        help_text=_(
            "How long reports are kept, and on which ground. It stands in the data beside the files of a report."
        ),
    )

    quiet_days = models.CharField(
        _("quiet weeks"),
        max_length=100,
        blank=True,
        default=JULY,
        help_text=_("No mail leaves on these days, such as 1.7.–31.7., 24.12.–1.1."),
    )
    synonyms = models.TextField(
        _("words for the same thing"),
        blank=True,
        help_text=_("A line for each, such as päivähoito = varhaiskasvatus. Search finds by any word of a line."),
    )
    answer_by_link = models.BooleanField(
        _("answers from the mail without signing in"),
        default=True,
        help_text=_("When it is off, the links of the mails ask for sign-in and lead to the same page."),
    )

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"], GuardedManager["User"]):
    """Builds accounts; people are invited through services.people."""

    def build(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return an account that is not saved; without a password it can only be opened through a reset link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create the operator of an installation, on record: for Django's own command, which asks the manager."""
        # By its name: the models know no services.
        make = import_string("toimenpiteet.services.people.people.make_operator")
        return make(email, password, **fields)  # type: ignore[no-any-return]  # a User

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(Audited, AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    On record are name, address, language, closing and reopening, and the operator; not the password or the last
    sign-in, nor what the person has seen, nor `is_staff`, which follows from the roles (services.people).
    """

    untracked = frozenset({"password", "last_login", "changes_seen_at", "is_staff"})

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default=DEFAULT)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    demonstration = models.BooleanField(_("demonstration person"), default=False)
    # Up to when the person has seen what changed; moved when they say so, and never by merely looking.
    changes_seen_at = models.DateTimeField(_("changes seen until"), null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save through services.audited; Django and allauth save a whole account when they have set its password.

        Raises UnauditedChange when such a save would change anything that is on record.
        """
        if self.stamp is None and self.pk and kwargs.get("update_fields") is None:
            self._refuse_changes()
            kwargs["update_fields"] = self.untracked
        super().save(*args, **kwargs)

    def _refuse_changes(self) -> None:
        columns = [field.attname for field in self._meta.concrete_fields if field.name not in self.untracked]
        if User.objects.filter(pk=self.pk).values(*columns).first() != {name: getattr(self, name) for name in columns}:
            raise UnauditedChange("User: save through services.audited, with an actor and a reason.")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name, which is the only one kept."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name; there is no shorter one."""
        return self.name


class UnitKind(models.TextChoices):
    """What sort of responsible unit it is."""

    SERVICE_AREA = "service_area", _("service area")
    SECTOR = "sector", _("sector")
    UNIT = "unit", _("unit")
    BODY = "body", _("body")
    ROLE = "role", _("role")
    GROUP = "group", _("group of units")


class Asked(models.TextChoices):
    """Whether a unit is asked in reporting rounds, where the city says so."""

    YES = "yes", _("asked")
    NO = "no", _("not asked")


NOT_ASKED = (UnitKind.BODY, UnitKind.ROLE)
"""The kinds of units that are not asked unless the city says so."""


class Unit(Audited, Sourced):
    """A vastuutaho: whom an action belongs to. Whether it is asked is ``selectors.units.asked``'s to say."""

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="units"
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, verbose_name=_("parent"), on_delete=models.PROTECT, related_name="children"
    )
    member_kind = models.CharField(_("follows every unit of kind"), max_length=20, blank=True, choices=UnitKind.choices)
    email = models.EmailField(_("mailbox"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default=DEFAULT)
    asked = models.CharField(_("asked in reporting rounds"), max_length=10, blank=True, choices=Asked.choices)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        verbose_name=_("successor"),
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    class Meta:
        verbose_name = _("responsible unit")
        verbose_name_plural = _("responsible units")
        ordering = ("order", "key")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "key"), name="unit_key"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="unit_validity",
            ),
            models.CheckConstraint(condition=Q(member_kind="") | Q(kind="group"), name="unit_members_of_group"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitAlias(Audited):
    """Another spelling under which documents name the unit."""

    unit = models.ForeignKey(Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="aliases")
    text = models.CharField(_("spelling"), max_length=200)

    class Meta:
        verbose_name = _("other spelling")
        verbose_name_plural = _("other spellings")
        constraints = [models.UniqueConstraint(fields=("unit", "text"), name="unit_alias_once")]

    def __str__(self) -> str:
        return self.text


class GroupMember(Audited):
    """A unit that belongs to a group."""

    group = models.ForeignKey(
        Unit, verbose_name=_("group of units"), on_delete=models.PROTECT, related_name="group_members"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="group_memberships"
    )

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        constraints = [
            models.UniqueConstraint(fields=("group", "unit"), name="group_member_once"),
            models.CheckConstraint(condition=~Q(group=F("unit")), name="group_not_its_own_member"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.unit_id}"


class Dated(models.Model):
    """A right that holds from a day to a day, both included (Europe/Helsinki)."""

    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def on(day: date, prefix: str = "") -> Q:
        """Return the condition that the right holds on `day`."""
        return (Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})) & (
            Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gte": day})
        )

    def holds_on(self, day: date) -> bool:
        """Tell what ``on`` asks, of a row that was read."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    @staticmethod
    def meeting(first: date | None, last: date | None) -> Q:
        """Return the condition that the right holds on some day from `first` to `last` (None: without an end)."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=last) if last else Q()
        lasts = Q(valid_until__isnull=True) | Q(valid_until__gte=first) if first else Q()
        return begun & lasts


class Membership(Audited, Dated):
    """A person's role in a unit."""

    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=_role_choices(UNIT_ROLES))

    class Meta:
        verbose_name = _("role in a unit")
        verbose_name_plural = _("roles in units")
        constraints = [
            models.UniqueConstraint(fields=("user", "unit", "role", "valid_from"), name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in UNIT_ROLES]), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} {self.unit_id}"


class MunicipalityRole(Audited, Dated):
    """A person's role in a municipality."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="municipality_roles"
    )
    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=_role_choices(MUNICIPALITY_ROLES))

    class Meta:
        verbose_name = _("role in a municipality")
        verbose_name_plural = _("roles in municipalities")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "municipality", "role", "valid_from"), name="municipality_role_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in MUNICIPALITY_ROLES]), name="municipality_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} {self.municipality_id}"
