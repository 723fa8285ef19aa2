"""Who stands in for whom, for the pages that show and keep it; and who may be asked to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.access.scope import LENDABLE
from toimenpiteet.dates import day_words
from toimenpiteet.models import Grant, GrantKind, GrantPlan, Membership, MunicipalityRole, User
from toimenpiteet.models.people import Dated
from toimenpiteet.models.sorting import by_name
from toimenpiteet.selectors.translated import Text, text_of

_LENDABLE = [role.value for role in LENDABLE]


@dataclass(frozen=True)
class StandIn:
    """A substitution that holds, is to come or has ended: who stands in for whom, where, on which `days`, and why."""

    pk: int
    version: int
    absent: str
    holder: str
    municipality: Text
    days: str
    why: str
    begins_later: bool


def stand_ins_of(person: User, municipalities: Collection[int], today: date) -> list[StandIn]:
    """Return the substitutions, now and to come, of a person who is or will be away; one query."""
    return _rows(Q(_lasting(today), on_behalf_of=person), municipalities, today)


def ended_stand_ins_of(person: User, municipalities: Collection[int], today: date) -> list[StandIn]:
    """Return the substitutions of a person that have ended, the latest first; one query."""
    return _rows(Q(on_behalf_of=person, valid_until__lt=today), municipalities, today, "-valid_until")


def stands_in_for(person: User, municipalities: Collection[int], today: date) -> list[StandIn]:
    """Return the substitutions, now and to come, that a person takes on; one query."""
    return _rows(Q(_lasting(today), holder=person), municipalities, today)


def _lasting(today: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gte=today)


def _rows(which: Q, municipalities: Collection[int], today: date, order: str = "valid_from") -> list[StandIn]:
    rows = Grant.objects.filter(which, kind=GrantKind.SUBSTITUTION, municipality__in=municipalities)
    rows = rows.select_related("holder", "on_behalf_of", "municipality").order_by(order, "pk")
    return [_row(row, today) for row in rows]


def _row(row: Any, today: date) -> StandIn:
    return StandIn(
        pk=row.pk,
        version=row.version,
        absent=str(row.on_behalf_of),
        holder=str(row.holder),
        municipality=text_of(row.municipality, "name", row.municipality.language),
        days=_days(row.valid_from, row.valid_until),
        why=row.why,
        begins_later=row.valid_from is not None and row.valid_from > today,
    )


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{day_words(first)}–{day_words(last)}"
    until = _("until %(day)s") % {"day": day_words(last)} if last else _("until further notice")
    return f"{_('from %(day)s') % {'day': day_words(first)}} · {until}" if first else until


def names_by_person(municipality_id: int, people: Iterable[int], today: date) -> dict[int, list[str]]:
    """Return who stands in on `today` for each of `people` of a municipality, by name; one query."""
    rows = access.standing_in(today).filter(municipality=municipality_id, on_behalf_of__in=list(people))
    found: dict[int, list[str]] = {}
    for row in rows.select_related("holder").order_by(by_name("holder__name")):
        found.setdefault(row.on_behalf_of_id or 0, []).append(str(row.holder))
    return found


def find_substitution(scope: Scope, person: User, pk: int) -> Grant:
    """Return a substitution for a person; raises Http404 when it does not exist for who asks."""
    rows = access.visible(access.reached(scope), Grant)
    return access.get(scope, rows.filter(kind=GrantKind.SUBSTITUTION, on_behalf_of=person), pk=pk)


def colleagues(municipalities: Collection[int], today: date, but: int = 0) -> "QuerySet[User]":
    """Return those of the municipalities who have a role on `today` and an open account, `but` for one, by name."""
    posts = Membership.objects.filter(Dated.on(today), unit__municipality__in=municipalities).values("user")
    offices = MunicipalityRole.objects.filter(Dated.on(today), municipality__in=municipalities).values("user")
    found = User.objects.filter(Q(pk__in=posts) | Q(pk__in=offices), is_active=True).exclude(pk=but)
    return found.order_by(by_name("name"), "pk")


def lends(person: User, municipality_id: int, today: date) -> bool:
    """Tell whether the person has, on `today` or later, a role in the municipality that another can take over."""
    lasting = _lasting(today)
    posts = Membership.objects.filter(lasting, user=person, role__in=_LENDABLE, unit__municipality=municipality_id)
    offices = MunicipalityRole.objects.filter(lasting, user=person, role__in=_LENDABLE, municipality=municipality_id)
    return posts.exists() or offices.exists()


def answering_for(round_id: int, units: Collection[int], today: date) -> list[User]:
    """Return those who hold a grant to answer in a round for plans of some units on `today`, by name; one query."""
    plans = GrantPlan.objects.filter(
        grant__in=access.holding(today).filter(until_at__isnull=False),
        plan__reports__round=round_id,
        plan__unit_links__unit__in=units,
    )
    return list(User.objects.filter(pk__in=plans.values("grant__holder")).order_by(by_name("name"), "pk"))
