"""The only gate: what a person may see and what they may do.

Every object that a request reaches comes out of ``visible`` or ``get``; every right comes through a role, and ``may``
says why where there is none. What a person is today is read once, by ``scope_of``.
"""

from toimenpiteet.access.gate import drafts, get, home_of, municipality_of, people, people_of, searchable, visible
from toimenpiteet.access.grants import handed_on, holding, standing_in
from toimenpiteet.access.rights import (
    Verb,
    Verdict,
    administered,
    excepted,
    keeping,
    may,
    may_answer,
    narrowed,
    own_proposal,
    own_request,
    reached,
    roles_on,
    where,
)
from toimenpiteet.access.scope import Scope, scope_of
from toimenpiteet.access.tree import UnitTree

__all__ = [
    "Scope",
    "UnitTree",
    "Verb",
    "Verdict",
    "administered",
    "drafts",
    "excepted",
    "get",
    "handed_on",
    "holding",
    "home_of",
    "keeping",
    "may",
    "may_answer",
    "municipality_of",
    "narrowed",
    "own_proposal",
    "own_request",
    "people",
    "people_of",
    "reached",
    "roles_on",
    "scope_of",
    "searchable",
    "standing_in",
    "visible",
    "where",
]
