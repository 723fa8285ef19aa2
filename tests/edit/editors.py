"""A world with a row of every noun, the browser of somebody who keeps it, and the keepers' forms filled in."""

from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.services import audited
from toimenpiteet.web.edit.editables import EDITABLES, Editable
from toimenpiteet.workflow import Role

WHY = "Valtuusto päätti niin"


class Kept(make.World):
    """A world with a row of every noun, and the browser of somebody who keeps all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä"))
        self.client = signed_in(self.admin)
        self.step = make.step(self.plan)
        self.rows: dict[str, Any] = {
            "municipality": self.municipality,
            "unit": self.unit,
            "strategy": self.strategy,
            "period": self.period,
            "theme": self.theme,
            "goal": self.goal,
            "item": self.item,
            "plan": self.plan,
            "step": self.step,
        }
        for editable in EDITABLES.values():
            if editable.name not in self.rows:
                self.rows[editable.name] = self._made(editable)

    def _made(self, editable: Editable) -> Any:
        above = self.rows[editable.above]
        known: dict[str, Any] = {
            "calendar-entry": {
                "kind": "budget",
                "which": "council",
                "rule": "last mon 11-17",
                "body_fi": "kaupunginvaltuusto",
            },
            "event": {"kind": "survey", "name_fi": "Kysely", "end_on": date(2021, 3, 1)},
            "followed-decision": {
                "name_fi": "Rahoitus selvitetään",
                "body": "Kaupunginhallitus",
                "decided_on": date(2021, 1, 11),
            },
            "follow-up": {"text_fi": "Seurataan tilinpäätöksessä."},
            "part": {"kind": "vision", "name_fi": "Mitä visio tarkoittaa"},
            "means": {"text_fi": "Kansalliset verkostot"},
            "value": {"year": 2020, "kind": "TP", "value": 5},
            "target": {"operator": "ge", "value": 6, "by_year": 2030},
        }
        values = {editable.parent: above} | known.get(editable.name, {"name_fi": f"Rivi {editable.name}"})
        if hasattr(editable.model, "key"):
            values["key"] = f"rivi-{editable.name}"
        return audited.add(editable.model(**values), make.stamp())


def typed(response: Any) -> dict[str, Any]:
    """Return what the page's form would send when nothing is changed."""
    form, data = response.context["form"], {}
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False:
            data[bound.html_name] = value
        if bound.field.show_hidden_initial:
            data[bound.html_initial_name] = "" if bound.initial is None else bound.field.prepare_value(bound.initial)
    return data


def send(client: Client, address: str, **changes: Any) -> Any:
    """Open a form, change what is named, and send it."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return client.post(address, typed(page) | {"reason": WHY} | changes)


def keep(world: Kept, name: str) -> str:
    return reverse("edit", args=[name, world.rows[name].pk])


def html(response: Any) -> str:
    return str(response.content.decode())


def newest(row: Any) -> Any:
    return type(row).history.filter(id=row.pk).latest("history_id")


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
