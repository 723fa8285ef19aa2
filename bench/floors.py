"""The floors: the least that Django and DRF need for the same rows, written as a newcomer to them would write it."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.utils import timezone
from rest_framework import serializers, viewsets

from toimenpiteet.models import ActionItem, PeriodPlan, PlanUnit

ROWS = 50
_TABLE = """<!doctype html><title>Overdue</title><table>{% for plan in plans %}
<tr><th>{{ plan.item.name }}</th><td>{{ plan.item.goal.number }}</td><td>{{ plan.period.name }}</td>
<td>{{ plan.item.lead_unit.name }}</td><td>{{ plan.status }}</td><td>{{ plan.next_deadline_on }}</td></tr>{% endfor %}
</table>"""
_template: Any = engines["django"].from_string(_TABLE)


def page(request: HttpRequest) -> HttpResponse:
    """Show 50 overdue plans: one query, one table, nobody signed in."""
    plans = (
        PeriodPlan.objects.filter(next_deadline_on__lt=timezone.localdate())
        .exclude(status__in=["completed", "discontinued", "carried_over"])
        .select_related("item__goal", "item__lead_unit", "period")
        .order_by("next_deadline_on", "id")[:ROWS]
    )
    return HttpResponse(_template.render({"plans": plans}, request))


class ItemSerializer(serializers.ModelSerializer[ActionItem]):
    """Every column of an action item."""

    class Meta:
        model = ActionItem
        fields = "__all__"


class Items(viewsets.ModelViewSet[ActionItem]):
    """The action items, flat: other things by their numbers only."""

    queryset = ActionItem.objects.order_by("id")
    serializer_class = ItemSerializer


class _Named(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class _Period(_Named):
    start_year = serializers.IntegerField()
    end_year = serializers.IntegerField()


class _Link(serializers.ModelSerializer[PlanUnit]):
    unit = _Named()

    class Meta:
        model = PlanUnit
        fields = ("unit",)


class _Plan(serializers.ModelSerializer[PeriodPlan]):
    period = _Period()
    unit_links = _Link(many=True)

    class Meta:
        model = PeriodPlan
        fields = ("id", "period", "status", "due_on", "due_precision", "next_deadline_on", "unit_links", "version")


class ItemInFullSerializer(serializers.ModelSerializer[ActionItem]):
    """An action item with what the product's list shows of it."""

    goal = _Named()
    lead_unit = _Named()
    plans = _Plan(many=True)

    class Meta:
        model = ActionItem
        fields = ("id", "key", "strategy", "goal", "name", "lead_unit", "lead_stated", "source", "doubt", "plans")


class ItemsInFull(viewsets.ModelViewSet[ActionItem]):
    """The action items with goal, lead unit, plans and their units, as the product's list gives them."""

    queryset = (
        ActionItem.objects.select_related("goal", "lead_unit")
        .prefetch_related("plans__period", "plans__unit_links__unit")
        .order_by("id")
    )
    serializer_class = ItemInFullSerializer


class Row(models.Model):
    """A row of the benchmark's own table; the product's tables are guarded."""

    text = models.TextField()
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    objects: ClassVar["models.Manager[Row]"] = models.Manager()

    class Meta:
        app_label = "bench"
        db_table = "bench_row"
        managed = False

    def __str__(self) -> str:
        return self.text


def pair(request: HttpRequest, number: int) -> JsonResponse:
    """Change two rows in one transaction, locked first."""
    with transaction.atomic():
        rows = list(Row.objects.select_for_update().filter(pk__in=[2 * number + 1, 2 * number + 2]))
        for row in rows:
            row.version += 1
            row.changed_at = timezone.now()
            row.save()
    return JsonResponse({"versions": [row.version for row in rows]})
