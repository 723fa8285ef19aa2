"""What every tracked object has: a stamp on each save, a history that cannot be bypassed, a version.

django-simple-history writes nothing for ``update()``, ``bulk_create()`` and their like, so the managers here refuse
them, and no object without a stamp is saved or deleted. The only place that sets one is ``services/audited.py``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from django.db import models
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history import register
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from toimenpiteet import labels
from toimenpiteet.models.names import AppendOnlyQuerySet, RecordedName, UnauditedChange
from toimenpiteet.workflow import STATUS_VALUES, TAKE_BACK

if TYPE_CHECKING:
    from toimenpiteet.models.people import User


Row = TypeVar("Row", bound=models.Model)


class Door(StrEnum):
    """The way by which a change came in."""

    PAGE = "page"
    API = "api"
    ADMIN = "admin"
    COMMAND = "command"
    IMPORT = "import"
    TASK = "task"
    MAIL = "mail"


@dataclass(frozen=True)
class Actor:
    """Who acts, through which door, and on whose behalf, where somebody stands in for another."""

    name: str
    door: Door
    user: "User | None" = None
    on_behalf: "User | None" = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise UnauditedChange("An actor needs a name: pass the person, or name the system job.")

    @classmethod
    def person(cls, user: "User", door: Door, on_behalf: "User | None" = None) -> "Actor":
        """Return the actor for a signed-in person."""
        return cls(name=user.get_full_name() or user.email, door=door, user=user, on_behalf=on_behalf)

    @classmethod
    def system(cls, name: str, door: Door) -> "Actor":
        """Return a named system actor, such as a load or a task."""
        return cls(name=name, door=door)


@dataclass(frozen=True)
class Stamp:
    """Who, why and when (aware, stored as UTC) of one change. Raises UnauditedChange without a reason or time zone.

    `actor_name` and `on_behalf_name` are the keys of the recorded names: ``audited.stamp`` finds or makes them.
    `acted_as` is the person's role (a ``workflow.Role``) in a change of a plan by those who work on it, else "".
    """

    actor: Actor
    reason: str
    at: datetime
    actor_name: int
    on_behalf_name: int | None = None
    acted_as: str = ""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UnauditedChange("A change needs a reason: pass the person's words, or say what the job does.")
        if self.at.utcoffset() is None:
            raise UnauditedChange("A change needs an instant with a time zone: pass an aware datetime.")


class GuardedQuerySet(models.QuerySet[Row]):
    """A queryset that reads, and refuses every write that history would not see.

    ``create()``, ``get_or_create()`` and the like end in a save without a stamp, which is refused too.
    """

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise UnauditedChange(f"{self.model.__name__}: write through services.audited, one object at a time.")

    update = _refuse
    delete = _refuse
    bulk_create = _refuse
    bulk_update = _refuse
    aupdate = _refuse
    adelete = _refuse
    abulk_create = _refuse
    abulk_update = _refuse
    _raw_delete = _refuse


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)


class Audited(models.Model):
    """Base of every domain object that is tracked."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = GuardedManager()
    # Put there by ``track``; simple-history ships no types.
    history: ClassVar[Any]

    stamp: ClassVar[Stamp | None] = None
    # What is saved without a stamp and leaves no history; of an account, what Django and allauth save by themselves.
    untracked: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True
        # Also for what Django writes by itself: ``unit.children.add(other)`` is an update() of the base manager.
        base_manager_name = "objects"


@receiver(pre_save)
@receiver(pre_delete)
def _refuse_unstamped(instance: models.Model, **kwargs: object) -> None:
    # A signal, not save(): fixtures and the deletion of related rows never call an object's own methods.
    if not isinstance(instance, Audited):
        return
    name = type(instance).__name__
    columns = kwargs.get("update_fields")
    if isinstance(columns, frozenset) and columns and columns <= instance.untracked:
        return
    if instance.stamp is None or kwargs.get("raw") or hasattr(instance, "skip_history_when_saving"):
        raise UnauditedChange(f"{name}: save and delete through services.audited, with an actor and a reason.")
    # History copies what the object holds: it cannot hold what the database is only about to compute.
    if any(hasattr(value, "resolve_expression") for value in vars(instance).values()):
        raise UnauditedChange(f"{name}: set a value, not an expression such as F().")


def name_reference(label: Any, *, null: bool = False) -> Any:
    """Return a column that points to a recorded name; the record is never searched by it."""
    return models.ForeignKey(
        RecordedName,
        verbose_name=label,
        null=null,
        blank=null,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )


class HistoryRow(models.Model):
    """What each history row keeps beside simple-history's own columns."""

    actor_name = name_reference(_("who"))
    on_behalf_name = name_reference(_("on behalf of"), null=True)
    door = models.CharField(max_length=20)
    acted_as = models.CharField(max_length=20, blank=True)
    # The columns beside the tracked ones in which a row says what the object was.
    recorded: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True


class AccountRow(HistoryRow):
    """What the history of an account keeps of its name and address: where they are recorded, never themselves."""

    name = name_reference(_("name"))
    email = name_reference(_("e-mail"))
    recorded = ("name_id", "email_id")

    class Meta:
        abstract = True


class RecordManager(HistoryManager):  # type: ignore[misc]  # simple-history ships no types
    """simple-history's manager; its class is made once, where the library would make one at every access."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        """Return the manager class for `queryset_class`."""
        return super().from_queryset(queryset_class, class_name)


class AuditRecords(HistoricalRecords):  # type: ignore[misc]  # simple-history ships no types
    """simple-history, taking who and why from the stamp and from nowhere else."""

    def post_save(self, instance: Audited, created: bool, using: str | None = None, **kwargs: Any) -> None:  # noqa: FBT001  # the library's own signature
        """Leave no row of what is saved without a stamp: only untracked columns are let through so far."""
        if instance.stamp is not None:
            super().post_save(instance, created, using=using, **kwargs)

    def get_history_user(self, instance: Audited) -> "User | None":
        """Return the person of the stamp."""
        assert instance.stamp is not None
        return instance.stamp.actor.user

    def get_change_reason_for_object(self, instance: Audited, history_type: str, using: str | None) -> str:
        """Return the reason of the stamp."""
        assert instance.stamp is not None
        return instance.stamp.reason


@receiver(pre_create_historical_record)
def _name_the_actor(instance: Audited, history_instance: Any, **kwargs: object) -> None:
    assert instance.stamp is not None
    history_instance.actor_name_id = instance.stamp.actor_name
    history_instance.on_behalf_name_id = instance.stamp.on_behalf_name
    history_instance.door = instance.stamp.actor.door
    history_instance.acted_as = instance.stamp.acted_as
    history_instance.history_date = instance.stamp.at


def _user_of(historical: Any) -> "User | None":
    from toimenpiteet.models.people import User  # noqa: PLC0415  # the two modules need each other here only

    return User.objects.filter(pk=historical.history_user_id).first()


def _set_user(historical: Any, user: "User | None") -> None:
    historical.history_user_id = None if user is None else user.pk


def track(model: type[Audited], excluded: tuple[str, ...] = (), row: Any = HistoryRow) -> None:
    """Give `model` its history, of rows that are a `row` (a HistoryRow).

    The person is kept as a plain number: deleting an account must not touch history.
    """
    register(
        model,
        records_class=AuditRecords,
        bases=[row],
        app="toimenpiteet",
        excluded_fields=list(excluded),
        history_change_reason_field=models.TextField(),
        history_user_id_field=models.BigIntegerField(null=True, db_index=True),
        history_user_getter=_user_of,
        history_user_setter=_set_user,
        no_db_index=_needless_indexes(model),
        history_manager=RecordManager,
    )


def _needless_indexes(model: type[Audited]) -> list[str]:
    """Return the columns that history need not index: it is read by its own row, or by its plan."""
    indexed = (field for field in model._meta.fields if getattr(field, "db_index", False) and not field.primary_key)
    return [field.name for field in indexed if field.name != "plan"]


class StatusChange(models.Model):
    """One move of a plan's status, by whom, when, why; never changed afterwards (the database refuses it too)."""

    plan = models.ForeignKey(
        "toimenpiteet.PeriodPlan",
        verbose_name=_("action plan"),
        on_delete=models.PROTECT,
        related_name="status_changes",
    )
    move = models.CharField(_("move"), max_length=30)
    from_status = models.CharField(
        pgettext_lazy("status change", "from status"), max_length=20, choices=labels.choices(labels.STATUS)
    )
    to_status = models.CharField(
        pgettext_lazy("status change", "to status"), max_length=20, choices=labels.choices(labels.STATUS)
    )
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("time"))
    # No constraint: removing an account must not rewrite the record; the recorded name stays.
    actor = models.ForeignKey(
        "toimenpiteet.User",
        null=True,
        verbose_name=_("who"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    actor_name = name_reference(_("who"))
    on_behalf_name = name_reference(_("on behalf of"), null=True)
    door = models.CharField(max_length=20)
    units = models.CharField(_("responsible units at the time"), max_length=500, blank=True)
    plan_version = models.PositiveIntegerField()
    undoes = models.OneToOneField(
        "self", null=True, verbose_name=_("takes back"), on_delete=models.PROTECT, related_name="undone_by"
    )
    # No constraint: taking the move back removes that plan, and the record keeps its number.
    made_plan = models.ForeignKey(
        "toimenpiteet.PeriodPlan",
        null=True,
        verbose_name=_("plan made in a later period"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ("plan", "plan_version")
        constraints = [
            models.UniqueConstraint(fields=("plan", "plan_version"), name="status_change_once_per_version"),
            models.CheckConstraint(
                condition=models.Q(from_status__in=STATUS_VALUES, to_status__in=STATUS_VALUES),
                name="status_change_known_statuses",
            ),
            models.CheckConstraint(
                condition=models.Q(move=TAKE_BACK, undoes__isnull=False)
                | (~models.Q(move=TAKE_BACK) & models.Q(undoes__isnull=True)),
                name="status_change_undoes",
            ),
        ]
        indexes = [models.Index(fields=("at",), name="status_change_at")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.from_status} → {self.to_status}"
