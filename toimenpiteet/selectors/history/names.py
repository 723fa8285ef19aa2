"""What the rows are called that events point to, as they are called now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast

from toimenpiteet.languages import columns_for
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.stream import Event, fields_of
from toimenpiteet.selectors.translated import Text, text_in

Key = tuple[type[models.Model], int]
Names = Mapping[Key, Text]
_NAMING = ("name", "text")


def names_of(events: Iterable[Event], also: Iterable[Key] = ()) -> Names:
    """Return the names, in the active language, of all that `events` point to or pointed to, and of others `also`.

    One query for all that have a name or a text, and one for each kind of thing that has neither.
    """
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, pk in also:
        wanted[model].add(pk)
    for event in events:
        for field in fields_of(event.model):
            if field.is_relation:
                wanted[field.related_model] |= {
                    values[field.attname]
                    for values in (event.values, event.before or {})
                    if values.get(field.attname) is not None
                }
    named = [(model, ids) for model, ids in wanted.items() if ids and columns_naming(model)]
    found = dict(_named(named))
    for model in wanted.keys() - {model for model, _ids in named}:
        rows = model._base_manager.in_bulk(wanted[model]) if wanted[model] else {}
        found |= {(model, pk): Text(str(getattr(row, "occasion", row))) for pk, row in rows.items()}
    return found


def _named(wanted: list[tuple[type[models.Model], set[int]]]) -> Iterable[tuple[Key, Text]]:
    parts = []
    by_label = {model._meta.label_lower: model for model, _ids in wanted}
    for model, ids in wanted:
        texts = {f"c_{at}": Cast(F(column), models.TextField()) for at, column in enumerate(columns_naming(model))}
        rows: QuerySet[Any] = QuerySet(model).filter(pk__in=ids).order_by()
        kind = Cast(Value(model._meta.label_lower), models.TextField())
        parts.append(columns_of(rows.annotate(c_kind=kind, **texts), ["c_kind", "pk", *texts]))
    if not parts:
        return
    for kind, pk, *said in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        yield (by_label[kind], pk), text_in(said)


@cache
def columns_naming(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns of what rows of `model` are called, one for each language; none where they have no name."""
    for name in _NAMING:
        for columns in (columns_for(name), [name] * len(columns_for(name))):
            if all(_has(model, column) for column in columns):
                return tuple(columns)
    return ()


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
