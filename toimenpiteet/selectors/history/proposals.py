"""What was said when a plan was proposed as completed: the words that an approval answers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from toimenpiteet.dates import moment_words
from toimenpiteet.models import StatusChange
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.words import who_words
from toimenpiteet.workflow import PROPOSAL


@dataclass(frozen=True)
class Proposed:
    """Who proposed a plan as completed, when, and what was achieved in their words."""

    who: str
    when: str
    words: str


def proposals_of(plans: Collection[int]) -> dict[int, Proposed]:
    """Return the last proposal of each of `plans`, which came out of ``access``; one query, none without plans."""
    if not plans:
        return {}
    rows: QuerySet[Any] = StatusChange.objects.filter(plan__in=plans, move=PROPOSAL).order_by("plan", "plan_version")
    columns = ["plan_id", "at", "comment", "actor_name__text", "on_behalf_name__text"]
    return {
        plan: Proposed(who_words(name, lent or ""), moment_words(at), words)
        for plan, at, words, name, lent in columns_of(rows, columns)
    }
