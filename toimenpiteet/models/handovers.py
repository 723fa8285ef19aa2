"""How a unit ended: what follows it and in which way, and what went over when that was decided."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import GroupMember, Membership, Unit, UnitAlias


class UnitHandover(Audited):
    """A unit that follows another one that has ended, or will; the day is the ended unit's own last one.

    One row for each that follows. `Unit.successor` is the first of them, kept on the unit for whoever walks the tree:
    services.units.handovers writes both, and verify_history compares them.
    """

    class Kind(models.TextChoices):
        """In which way the unit ended."""

        RENAMED = "renamed", pgettext_lazy("unit", "renamed")
        MERGED = "merged", pgettext_lazy("unit", "merged")
        SPLIT = "split", pgettext_lazy("unit", "split")

    unit = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="handovers"
    )
    successor = models.ForeignKey(
        Unit, verbose_name=_("successor"), on_delete=models.PROTECT, related_name="received_handovers"
    )
    kind = models.CharField(_("how the unit ended"), max_length=10, choices=Kind.choices)
    # Not `order`: the first of them is another thing than the first in a list that people sort.
    place = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("hand-over of a unit")
        verbose_name_plural = _("hand-overs of units")
        ordering = ("unit", "place")
        constraints = [
            models.UniqueConstraint(fields=("unit", "successor"), name="unit_handover_once"),
            models.UniqueConstraint(fields=("unit", "place"), name="unit_handover_place"),
            models.CheckConstraint(condition=~Q(unit=F("successor")), name="unit_handover_to_another"),
            models.CheckConstraint(condition=Q(kind__in=["renamed", "merged", "split"]), name="unit_handover_kind"),
            # Only what was split goes to several.
            models.CheckConstraint(condition=Q(place=0) | Q(kind="split"), name="unit_handover_several"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.kind} → {self.successor_id}"


class HandedOver(Audited):
    """One thing that the ending of a unit moved, removed or added: what is read when the ending is taken back.

    `row` is the key of the thing. `before` holds what its columns were: those that changed, of a removed thing all
    that it takes to add it again; days as ISO 8601.
    """

    class Act(models.TextChoices):
        """What was done to the thing."""

        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")
        ADDED = "added", _("added")

    THINGS: dict[str, type[Audited]] = {"unit": Unit, "spelling": UnitAlias, "member": GroupMember, "role": Membership}

    unit = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="handed_over"
    )
    act = models.CharField(max_length=10, choices=Act.choices)
    thing = models.CharField(max_length=10, choices=[(name, name) for name in THINGS])
    row = models.BigIntegerField()
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("thing handed over")
        verbose_name_plural = _("things handed over")
        ordering = ("unit", "pk")

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.act} {self.thing} {self.row}"
