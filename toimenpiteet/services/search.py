"""The rows that the search reads, kept beside every change of a text that can be found.

``audited`` tells of each change; what concerns no searched text (a status, a date) costs nothing. A bulk load gathers
what it touches and writes it once, inside the same transaction.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Prefetch
from django.utils.translation import override

from toimenpiteet.folding import fold
from toimenpiteet.languages import CODES, base_of, columns_for
from toimenpiteet.models import (
    ActionItem,
    Audited,
    BudgetLine,
    Comment,
    CoreValue,
    FollowUp,
    Goal,
    Indicator,
    PeriodPlan,
    PlanMeans,
    ProcessEvent,
    Programme,
    Project,
    ProjectAlias,
    SearchDocument,
    Step,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
    Unit,
    UnitAlias,
)
from toimenpiteet.selectors.search.stems import FIRST_PART

Kind = SearchDocument.Kind
Texts = tuple[str, ...]
Target = tuple[type[Audited], int]
Rows = models.QuerySet[Any]

# PostgreSQL takes no text vector above a megabyte, and nobody looks for the 30,001st character.
_LIMIT = 30_000
_WORD = re.compile(r"\w+")
# Letters of a word that may be made of two, and of its last part at least.
_COMPOUND, _LAST_PART = 8, 4
_AT_ONCE = 1000
_WRITTEN = [field.name for field in SearchDocument._meta.concrete_fields if not field.primary_key]

# Whose document a row belongs to, where it is not its own; and the column that leads there.
_OWNERS: dict[type[Audited], tuple[type[Audited], str]] = {
    Step: (ActionItem, "plan.item_id"),
    PlanMeans: (ActionItem, "plan.item_id"),
    PeriodPlan: (ActionItem, "item_id"),
    SuccessFactor: (Theme, "theme_id"),
    UnitAlias: (Unit, "unit_id"),
    ProjectAlias: (Project, "project_id"),
}
# The texts that are searched, by the names that ``audited.change`` gives for them, without their languages.
SEARCHED: dict[type[Audited], frozenset[str]] = {
    Strategy: frozenset({"name", "slogan", "mission", "vision", "decided_by"}),
    StrategyPart: frozenset({"name", "text"}),
    CoreValue: frozenset({"name", "explanation"}),
    ProcessEvent: frozenset({"name", "note"}),
    FollowUp: frozenset({"text", "body"}),
    Theme: frozenset({"name", "kind", "slogan", "focus", "description"}),
    SuccessFactor: frozenset({"name", "theme"}),
    Goal: frozenset({"name", "keywords"}),
    ActionItem: frozenset({"name", "keywords"}),
    PeriodPlan: frozenset({"text", "item"}),
    Step: frozenset({"text", "plan"}),
    PlanMeans: frozenset({"text", "plan"}),
    Unit: frozenset({"name"}),
    UnitAlias: frozenset({"text", "unit"}),
    Project: frozenset({"name", "description", "funding"}),
    ProjectAlias: frozenset({"text", "project"}),
    BudgetLine: frozenset({"name"}),
    Programme: frozenset({"name", "description", "follow_up", "prepared_by", "approved_by"}),
    Indicator: frozenset({"name", "note", "origin", "unit_of_measure"}),
    Comment: frozenset({"text"}),
}

_waiting: ContextVar[set[Target] | None] = ContextVar("search_targets", default=None)


def target_of(obj: Audited) -> Target | None:
    """Return whose document has the texts of `obj`, or None where nobody searches them."""
    if type(obj) not in SEARCHED:
        return None
    model, path = _OWNERS.get(type(obj), (type(obj), "pk"))
    value: Any = obj
    for name in path.split("."):
        value = getattr(value, name)
    return model, value


def touched(obj: Audited, changed: Iterable[str]) -> set[Target]:
    """Return whose documents a change of the columns `changed` of `obj` concerns; mostly nobody's, without a query."""
    searched = SEARCHED.get(type(obj), frozenset())
    if not any(_plain(name) in searched for name in changed):
        return set()
    target = target_of(obj)
    return {target} if target else set()


def _plain(column: str) -> str:
    name = column.removesuffix("_id")
    return base_of(name) or name


def refresh(targets: set[Target]) -> None:
    """Write the documents of `targets` anew, or remove those of rows that are gone; later, while being gathered."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting |= targets
        return
    keys: dict[type[Audited], set[int]] = defaultdict(set)
    for model, pk in targets:
        keys[model].add(pk)
    for model, wanted in keys.items():
        ordered = sorted(wanted)
        for start in range(0, len(ordered), _AT_ONCE):
            _write(model, ordered[start : start + _AT_ONCE])


@contextmanager
def gathered() -> Iterator[None]:
    """Write the documents of everything changed inside once, at the end; nothing when it fails."""
    if _waiting.get() is not None:
        yield
        return
    targets: set[Target] = set()
    token = _waiting.set(targets)
    try:
        yield
    finally:
        _waiting.reset(token)
    refresh(targets)


@transaction.atomic(savepoint=False)
def _write(model: type[Audited], keys: list[int]) -> None:
    name = model._meta.model_name or ""
    there = SearchDocument.objects.filter(model=name, object_id__in=keys)
    if connection.features.has_select_for_update:
        # Of two who change parts of one thing, the second reads what the first has written.
        list(there.select_for_update().order_by("pk").values_list("pk"))
    made = list(_DOCUMENTS[model](keys))
    SearchDocument.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["model", "object_id"], update_fields=_WRITTEN, batch_size=200
    )
    gone = set(keys) - {document.object_id for document in made}
    if gone:
        there.filter(object_id__in=gone).delete()


@transaction.atomic
def rebuild() -> int:
    """Make every document anew; return how many there are."""
    SearchDocument.objects.all().delete()
    for model in _DOCUMENTS:
        keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
        refresh({(model, pk) for pk in keys})
    return SearchDocument.objects.count()


def rebuild_if_empty() -> int:
    """Make the documents where there are none though there is something to find; return how many were made."""
    if SearchDocument.objects.exists() or not Strategy.objects.exists():
        return 0
    return rebuild()


def fill_after_migrate(plan: Any = (), **kwargs: Any) -> None:
    """Receive post_migrate: make the index of an installation that had none, after the migration that brings it."""
    done = {step.name for step, backwards in plan if not backwards and step.app_label == "toimenpiteet"}
    if "0002_search" in done:
        rebuild_if_empty()
    elif "0006_parts_of_words" in done:
        rebuild()


# What each kind of thing says


def _said(obj: Audited, *fields: str) -> list[Texts]:
    return [tuple(getattr(obj, column) or "" for column in columns_for(field)) for field in fields]


def _plainly(own: str, *values: str) -> list[Texts]:
    """Return texts that have no translations, as being in the municipality's `own` language."""
    return [tuple(value if code == own else "" for code in CODES) for value in values if value]


def parts_of(text: str) -> str:
    """Return by what else the words of `text` are found: without dots and accents, and by the ends of long words."""
    found: dict[str, None] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()):
        plain = fold(word)
        if plain != word:
            found[plain] = None
        if len(plain) >= _COMPOUND and plain.isalpha():
            found |= dict.fromkeys(plain[at:] for at in range(FIRST_PART, len(plain) - _LAST_PART + 1))
    return " ".join(found)[:_LIMIT]


def _document(obj: Any, kind: Kind, title: Texts, body: Iterable[Texts], **places: Any) -> SearchDocument:
    parts = list(body)
    texts = {f"title_{code}": title[at] for at, code in enumerate(CODES)}
    for at, code in enumerate(CODES):
        texts[f"body_{code}"] = "\n".join(part[at] for part in parts if part[at])[:_LIMIT]
    places = {"page_id": obj.pk, "strategy_id": None} | places
    texts["parts"] = parts_of(" ".join(texts.values()))
    return SearchDocument(model=obj._meta.model_name, object_id=obj.pk, kind=kind.value, **texts, **places)


def _strategies(keys: list[int]) -> Iterator[SearchDocument]:
    for row in Strategy.objects.filter(pk__in=keys):
        title, *body = _said(row, "name", "slogan", "mission", "vision", "decided_by")
        yield _document(row, Kind.STRATEGY, title, body, municipality_id=row.municipality_id, strategy_id=row.pk)


def _parts(model: type[Any], fields: tuple[str, ...]) -> Callable[[list[int]], Iterator[SearchDocument]]:
    def documents(keys: list[int]) -> Iterator[SearchDocument]:
        for row in model._base_manager.filter(pk__in=keys).select_related("strategy__municipality"):
            title, *body = _said(row, *fields)
            body += _plainly(row.strategy.municipality.language, getattr(row, "body", ""))
            yield _document(
                *(row, Kind.PART, title, body),
                municipality_id=row.strategy.municipality_id,
                strategy_id=row.strategy_id,
                page_id=row.strategy_id,
                anchor=f"{row._meta.model_name}-{row.pk}",
            )

    return documents


def _of_strategy(row: Any) -> dict[str, int]:
    return {"municipality_id": row.strategy.municipality_id, "strategy_id": row.strategy_id}


def _themes(keys: list[int]) -> Iterator[SearchDocument]:
    rows: Rows = Theme.objects.filter(pk__in=keys).select_related("strategy").prefetch_related("success_factors")
    for row in rows:
        title, *body = _said(row, "name", "kind", "slogan", "focus", "description")
        body += [text for factor in row.success_factors.all() for text in _said(factor, "name")]
        yield _document(row, Kind.THEME, title, body, **_of_strategy(row))


def _goals(keys: list[int]) -> Iterator[SearchDocument]:
    for row in Goal.objects.filter(pk__in=keys).select_related("strategy"):
        title, *body = _said(row, "name", "keywords")
        # Who asks for "tavoite 5" means this one.
        body += [_numbered(Kind.GOAL, row.number)] if row.number is not None else []
        yield _document(row, Kind.GOAL, title, body, **_of_strategy(row))


def _numbered(kind: Kind, number: int) -> Texts:
    """Return what a thing is called by its kind and number, in each language."""
    said = []
    for code in CODES:
        with override(code):
            said.append(f"{str(kind.label).capitalize()} {number}")
    return tuple(said)


def _items(keys: list[int]) -> Iterator[SearchDocument]:
    steps = Prefetch("steps", Step.objects.order_by("order", "pk"))
    means: Any = Prefetch("means", PlanMeans.objects.order_by("order", "pk"))
    plans = Prefetch("plans", PeriodPlan.objects.order_by("pk").prefetch_related(steps, means))
    for row in ActionItem.objects.filter(pk__in=keys).prefetch_related(plans):
        title, *body = _said(row, "name", "keywords")
        body += [text for plan in row.plans.all() for text in _said(plan, "text")]
        parts = [part for plan in row.plans.all() for part in (*plan.steps.all(), *plan.means.all())]
        body += [text for part in parts for text in _said(part, "text")]
        places = {"municipality_id": row.municipality_id, "strategy_id": row.strategy_id}
        yield _document(row, Kind.ITEM, title, body, **places)


def _units(keys: list[int]) -> Iterator[SearchDocument]:
    rows: Rows = Unit.objects.filter(pk__in=keys).select_related("municipality").prefetch_related("aliases")
    for row in rows:
        body = _plainly(row.municipality.language, *(alias.text for alias in row.aliases.all()))
        yield _document(row, Kind.UNIT, _said(row, "name")[0], body, municipality_id=row.municipality_id)


def _projects(keys: list[int]) -> Iterator[SearchDocument]:
    rows: Rows = Project.objects.filter(pk__in=keys).select_related("municipality").prefetch_related("aliases")
    for row in rows:
        title, *body = _said(row, "name", "description")
        body += _plainly(row.municipality.language, row.funding, *(alias.text for alias in row.aliases.all()))
        yield _document(row, Kind.PROJECT, title, body, municipality_id=row.municipality_id)


def _budget_lines(keys: list[int]) -> Iterator[SearchDocument]:
    for row in BudgetLine.objects.filter(pk__in=keys):
        places = {"municipality_id": row.municipality_id, "anchor": f"budget-{row.pk}"}
        yield _document(row, Kind.PROJECT, _said(row, "name")[0], [], **places)


def _programmes(keys: list[int]) -> Iterator[SearchDocument]:
    for row in Programme.objects.filter(pk__in=keys).select_related("municipality"):
        title, *body = _said(row, "name", "description", "follow_up")
        body += _plainly(row.municipality.language, row.prepared_by, row.approved_by)
        yield _document(row, Kind.PROGRAMME, title, body, municipality_id=row.municipality_id)


def _indicators(keys: list[int]) -> Iterator[SearchDocument]:
    for row in Indicator.objects.filter(pk__in=keys).select_related("strategy__municipality"):
        title, *body = _said(row, "name", "note")
        body += _plainly(row.strategy.municipality.language, row.origin, row.unit_of_measure)
        yield _document(row, Kind.INDICATOR, title, body, **_of_strategy(row))


def _comments(keys: list[int]) -> Iterator[SearchDocument]:
    for row in Comment.objects.filter(pk__in=keys).select_related("plan__item__municipality"):
        item = row.plan.item
        title, body = _plainly(item.municipality.language, row.text[:80], row.text)
        places = {"municipality_id": item.municipality_id, "strategy_id": item.strategy_id}
        yield _document(row, Kind.COMMENT, title, [body], page_id=item.pk, **places)


_DOCUMENTS: dict[type[Audited], Callable[[list[int]], Iterable[SearchDocument]]] = {
    Strategy: _strategies,
    StrategyPart: _parts(StrategyPart, ("name", "text")),
    CoreValue: _parts(CoreValue, ("name", "explanation")),
    ProcessEvent: _parts(ProcessEvent, ("name", "note")),
    FollowUp: _parts(FollowUp, ("text",)),
    Theme: _themes,
    Goal: _goals,
    ActionItem: _items,
    Unit: _units,
    Project: _projects,
    BudgetLine: _budget_lines,
    Programme: _programmes,
    Indicator: _indicators,
    Comment: _comments,
}
