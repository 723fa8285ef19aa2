"""An invented city of any size, made in bulk: for the benchmark and for trying what a big city feels like.

``city`` its structure and people, through the services · ``story`` what happens to its action items in ten years ·
``ledger`` the rows of both and of their histories, written in bulk · ``words`` what is written in them · ``making`` all
of it in one transaction.
"""

from toimenpiteet.exchange.dataset.city import DIRECTOR, KEY, MANAGER, PASSWORD
from toimenpiteet.exchange.dataset.making import Made, history_for, make, present

__all__ = ["DIRECTOR", "KEY", "MANAGER", "PASSWORD", "Made", "history_for", "make", "present"]
