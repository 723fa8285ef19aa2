"""What can be asked of the list of change requests."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from toimenpiteet.api import change_serializers
from toimenpiteet.api.filters import Choices, existing
from toimenpiteet.models import ChangeRequest, PeriodPlan, Strategy
from toimenpiteet.selectors.plan.change_requests import proposed_in


class ChangeRequests(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of change requests."""

    strategy = existing(Strategy, "strategy", field_name="plan__item__strategy")
    plan = existing(PeriodPlan, "plan")
    kind = Choices(change_serializers.KIND)
    status = Choices(change_serializers.STATUS)
    year = filters.NumberFilter(
        min_value=1900, max_value=2200, method="by_year", help_text="The year in which it was proposed."
    )

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = ()

    def by_year(self, queryset: "QuerySet[Any]", name: str, value: Any) -> "QuerySet[Any]":
        """Return the requests that were made in the year."""
        return proposed_in(queryset, int(value))
