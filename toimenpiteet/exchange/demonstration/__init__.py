"""Demonstration people and years of invented activity, in two municipalities.

``cast`` who they are · ``script`` who does what and when, from a seed · ``remarks`` what they write · ``staging``
brings them in · ``company`` their work on plans, through everybody's services · ``proposing`` the changes of plans ·
``answering`` the story and its rounds · ``rare`` what is rare in them · ``city`` what the city has set for itself.
"""

from toimenpiteet.exchange.demonstration.answering import play
from toimenpiteet.exchange.demonstration.cast import CAST, PASSWORD, Person
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
    "beginning",
    "missing_strategies",
    "play",
    "present",
    "real_users",
    "stage",
]
