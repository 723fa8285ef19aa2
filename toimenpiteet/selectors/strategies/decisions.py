"""The decisions and recommendations that a strategy's reports follow up: open, or what became of them."""

from dataclasses import dataclass

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words
from toimenpiteet.models import FollowedDecision
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of


@dataclass(frozen=True)
class DecisionRow:
    """A decision: by whom, when and in which section (§), and what has been done; `done` is "" while it is open."""

    pk: int
    name: Text
    kind: str
    body: str
    decided: str
    section: str
    register_number: str
    unit: Named | None
    outcome: Text
    done: str
    source: str
    doubt: str


@dataclass(frozen=True)
class DecisionsPage:
    """The decisions of a strategy, those that are open and those that are done, the newest first."""

    strategy: Named
    municipality: Named
    open: list[DecisionRow]
    done: list[DecisionRow]


def decisions_page(scope: Scope, strategy_id: int) -> DecisionsPage:
    """Return the decisions of a strategy; two queries. Raises Http404 when it does not exist for the person."""
    strategy = find_strategy(scope, strategy_id)
    own = strategy.municipality.language
    found = access.visible(scope, FollowedDecision).filter(strategy=strategy).select_related("unit")
    rows = [_row(row, own) for row in found.order_by("-decided_on", "order", "pk")]
    return DecisionsPage(
        strategy=named_of(strategy, own),
        municipality=named_of(strategy.municipality, own),
        open=[row for row in rows if not row.done],
        done=[row for row in rows if row.done],
    )


def _row(row: FollowedDecision, own: str) -> DecisionRow:
    return DecisionRow(
        pk=row.pk,
        name=text_of(row, "name", own),
        kind=row.get_kind_display(),
        body=row.body,
        decided=day_words(row.decided_on),
        section=row.section,
        register_number=row.register_number,
        unit=named_of(row.unit, own) if row.unit else None,
        outcome=text_of(row, "outcome", own),
        done=day_words(row.done_on) if row.done_on else "",
        source=row.source,
        doubt=row.doubt,
    )
