"""The bundled strategies: read, checked whole, then written in one transaction, idempotently.

``reading`` YAML → data · ``checking`` the schema and what it cannot tell · ``writing`` entries → rows, by ``matching``.
"""

from toimenpiteet.exchange.strategy.loading import LOADER, bundled_files, load
from toimenpiteet.exchange.strategy.problems import Problem, Refused
from toimenpiteet.exchange.strategy.reporting import Outcome, Report

__all__ = ["LOADER", "Outcome", "Problem", "Refused", "Report", "bundled_files", "load"]
