"""Demonstration people and a year and a half of invented activity, in two municipalities.

``cast`` who they are · ``script`` who does what and when, from a seed · ``remarks`` what they write · ``staging`` makes
it happen through the same services as everybody's work · ``answering`` the rounds.
"""

from toimenpiteet.exchange.demonstration.answering import answer_rounds
from toimenpiteet.exchange.demonstration.cast import CAST, PASSWORD, Person
from toimenpiteet.exchange.demonstration.mornings import mornings
from toimenpiteet.exchange.demonstration.staging import (
    Result,
    beginning,
    missing_strategies,
    present,
    real_users,
    stage,
)

__all__ = [
    "CAST",
    "PASSWORD",
    "Person",
    "Result",
    "answer_rounds",
    "beginning",
    "missing_strategies",
    "mornings",
    "present",
    "real_users",
    "stage",
]
