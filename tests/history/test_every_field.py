"""Whatever is tracked is told: each field of each tracked table is changed once and found wherever history is read."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from tests import make
from tests.plan.test_moves import signed_in
from tests.test_access import Everything
from toimenpiteet import access
from toimenpiteet.models import ActionItem, Audited, PeriodPlan, StatusReport, User
from toimenpiteet.selectors.history import stream, words
from toimenpiteet.selectors.history.plan import history
from toimenpiteet.selectors.history.stream import fields_of, owned_models, tracked_models
from toimenpiteet.selectors.history.timeline import Asked, Reader, slug_of, timeline
from toimenpiteet.selectors.history.trail import trail
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
WHY = "Kirjausvirhe"
# What no change can set alone, since the table's conditions ask for the other with it.
_BODY = {"status": "accepted", "decided_at": make.NOW, "body": "Kaupunginhallitus", "body_on": make.TODAY}
TOGETHER: dict[str, dict[str, Any]] = {
    "ChangeRequest.decided_at": {"status": "accepted"},
    "ChangeRequest.due_on": {"kind": "due", "due_precision": "day"},
    "ChangeRequest.due_precision": {"kind": "due", "due_on": make.TODAY},
    "ChangeRequest.kind": {"text": "Toisin"},
    "ChangeRequest.status": {"decided_at": make.NOW},
    "ChangeRequest.text": {"kind": "scope"},
    "ChangeRequest.unit": {"kind": "lead"},
    "ChangeRequest.was_due_on": {"was_due_precision": "day"},
    "ChangeRequest.was_due_precision": {"was_due_on": make.TODAY},
    "ChangeRequest.body": {"status": "needs_body"},
    "ChangeRequest.body_on": _BODY,
    "ChangeRequest.section": _BODY,
    "ChangeRequest.register_number": _BODY,
    "Evidence.file": {"url": ""},
    "IndicatorTarget.value": {"operator": "lt"},
    "IndicatorValue.no_data": {"value": None},
    "PeriodPlan.due_on": {"due_precision": "day"},
    "PeriodPlan.due_precision": {"due_on": make.TODAY},
    "PlanPeriod.strategy": {"key": "2031-2040"},
    "ReportingRound.decided_on": {"due_on": make.TODAY + timedelta(days=9)},
    "StatusReport.answered_at": {"said": "updated"},
    "StatusReport.said": {"answered_at": make.NOW},
    "StatusReport.review": {"said": "updated", "answered_at": make.NOW},
    "Step.done": {"done_on": make.TODAY},
    "Step.done_on": {"done": True},
    "Step.due_on": {"due_precision": "day"},
    "Step.due_precision": {"due_on": make.TODAY},
    "Unit.member_kind": {"kind": "group"},
}


# What the tables' conditions let nobody change here: these fields are in the stream as all others are.
NOT_TRIED = {
    *(
        "Goal.counting_share",
        "Grant.kind",
        "Grant.round",
        "Grant.until_at",
        "IndicatorTarget.above_indicator",
        "Nudge.unit",
    ),
    *(
        "IndicatorValue.next_expected_on",
        "IndicatorValue.next_expected_precision",
        "StoredFile.sha256",
        "UnitHandover.place",
    ),
    *("RoundDay.round", "RoundDay.computed_on", "RoundDay.decided_on"),
    *("Step.due_on", "Step.due_precision", "Step.date_kind"),
    # It stands beside what it was put beside.
    "Evidence.goal",
    # Written once.
    *("ReportFile.report", "ReportFile.file", "ReportVersion.round", "ReportVersion.number"),
    *("ReportVersion.register_number", "ReportVersion.body", "ReportVersion.decided_on", "ReportVersion.section"),
    *("ReportVersion.attachment", "ReportVersion.matter", "ReportVersion.publicity", "ReportVersion.personal_data"),
    *("ReportVersion.secrecy_ground", "ReportVersion.secrecy_years"),
    # Only beside a light or an outcome that says so.
    *("AnswerCorrection.unknown_because", "AnswerCorrection.known_on"),
    *("GoalAssessment.unknown_because", "GoalAssessment.known_on"),
}


class Doubled(Everything):
    """A row of every model, twice, so that each relation has another row to point to."""

    def __init__(self) -> None:
        self.other = Everything()
        third = make.World()
        make.programme(third.strategy)
        make.indicator(third.strategy)
        make.project(third.plan)
        super().__init__()
        # People are seen through no table of objects.
        self.rows[User] = self.manager
        # The move that the other tests only claim.
        audited.change(self.plan, make.stamp(), status="in_progress")


def _others(field: Any, obj: Audited) -> Iterator[Any]:
    """Yield values that a field of `obj` might take instead of its own."""
    now = getattr(obj, field.attname)
    if field.is_relation:
        yield from QuerySet(field.related_model).exclude(pk=now).values_list("pk", flat=True)[:20]
        yield None
    elif field.choices:
        yield from (value for value, _label in field.flatchoices if value != now)
    elif isinstance(field, models.BooleanField):
        yield not now
    elif isinstance(field, models.DateTimeField):
        yield (now or make.NOW) + timedelta(days=1)
    elif isinstance(field, models.DateField):
        yield from ((now or make.TODAY) + timedelta(days=days) for days in (1, -1))
    elif isinstance(field, models.EmailField):
        yield "muu@mallila.example"
    elif isinstance(field, models.CharField | models.TextField):
        yield from (f"{now or ''}x"[: field.max_length], "#0b5566", "fi", "100")
    else:
        yield from ((now or 0) + 1, 2021, 12, 1)


def _change(obj: Audited, field: Any) -> bool:
    """Change one field by the recorder, to the first value that the table takes; tell whether there was one."""
    for value in _others(field, obj):
        fresh: Audited = type(obj)._default_manager.get(pk=obj.pk)
        try:
            with transaction.atomic():
                values = {field.attname: value} | TOGETHER.get(f"{type(obj).__name__}.{field.name}", {})
                if field.attname in audited.change(fresh, make.stamp(WHY, make.NOW + timedelta(days=1)), **values):
                    return True
        except (IntegrityError, ValueError):
            continue
    return False


def _tracked_fields() -> Iterator[tuple[type[Audited], Any]]:
    yield from ((model, field) for model in tracked_models() for field in fields_of(model))


def test_every_field_of_every_tracked_table_is_found_wherever_history_is_read() -> None:
    world = Doubled()
    director, viewer = access.scope_of(world.director, make.TODAY), Reader(public=False, wording={})
    missing: list[Any] = []
    for model, field in _tracked_fields():
        row = world.rows.get(model)
        if row is None:
            missing.append((model.__name__, "no row of it in the world of tests"))
            continue
        assert isinstance(row, Audited)
        with transaction.atomic():
            if not _change(row, field):
                if f"{model.__name__}.{field.name}" not in NOT_TRIED:
                    missing.append((model.__name__, field.name, "could not be changed: what goes with it?"))
                continue
            if not _says(field, trail(model, row.pk)[0].changes):
                missing.append((model.__name__, field.name, "trail"))
            # To which plan, item or answer a row belongs no service changes; the trail would tell it.
            if model in owned_models() and field.related_model not in {PeriodPlan, ActionItem, StatusReport}:
                _look(world, model, row.pk, field, viewer, director, missing)
            transaction.set_rollback(True)
    assert not missing, "\n".join(map(str, missing))


def _says(field: Any, changes: list[words.Told]) -> bool:
    # A due date is told with its precision.
    day = field.name.replace("due_precision", "due_on")
    with_day = field.model._meta.get_field(day)
    return words.label_of(with_day) in {told.name for told in changes}


def _look(
    world: Everything, model: type[Audited], pk: int, field: Any, reader: Reader, scope: Any, missing: list[Any]
) -> None:
    events = stream.of_item(world.item.pk, [world.plan.pk])
    newest = next((event for event in reversed(events) if (event.model, event.object) == (model, pk)), None)
    if newest is None:
        # What may hang on a plan, and here hangs on none.
        column, owner = owned_models()[model]
        held = model._default_manager.values_list(column, flat=True).get(pk=pk)
        assert held != (world.plan.pk if owner is PeriodPlan else world.item.pk)
        return
    shown = timeline(world.item.pk, {world.plan.pk: "2021–2030"}, reader, Asked(slug=slug_of(newest))).events
    entry = next((one for one in shown if one.slug == slug_of(newest)), None)
    # Some changes are told by their sentence.
    if entry is None or not (_says(field, entry.changes) or words.act_of(newest) in {"done", "undone", "order"}):
        missing.append((model.__name__, field.name, "timeline"))
    if not any(change.field == field.name for entry in history(scope, world.plan) for change in entry.changes):
        missing.append((model.__name__, field.name, "api"))


def test_a_changed_doubt_stands_on_the_items_timeline_with_its_reason() -> None:
    world = make.World()
    stamp = make.stamp("Skannauksessa oli virhe", make.NOW + timedelta(days=1))
    audited.change(world.plan, stamp, doubt="Rivi on epäselvä")
    audited.change(world.item, stamp, doubt="Numero puuttuu")
    page = signed_in(world.director).get(f"/toimenpiteet/{world.item.pk}/").content.decode()
    for word in ("Rivi on epäselvä", "Numero puuttuu", "Skannauksessa oli virhe", "epäselvyys"):
        assert word in page.partition('id="timeline"')[2], word


def test_the_public_reads_no_more_of_the_past_than_before() -> None:
    world = Doubled()
    later = make.NOW + timedelta(days=1)
    audited.change(world.plan, make.stamp("Salainen syy", later), doubt="Salainen epäily")
    report: Any = world.rows[_model("StatusReport")]
    audited.change(report, make.stamp("Salainen syy", later), text="Salainen vastaus")
    comment: Any = world.rows[_model("Comment")]
    audited.change(comment, make.stamp("Salainen syy", later), text="Salainen huomautus")
    audited.remove(comment, make.stamp("Salainen syy", later))
    scope = access.scope_of(None, make.TODAY)
    shown = timeline(world.item.pk, {world.plan.pk: ""}, Reader(public=True, wording={}), Asked())
    assert not [one for one in shown.events if "statusreport" in one.slug or (one.changes and one.kind != "move")]
    assert "edited" not in " ".join(one.sentence for one in shown.events)
    assert "Salai" not in str(shown)
    told = str(history(scope, world.plan))
    assert "Salainen" not in told
    assert "statusreport" not in told
    assert "Salainen" in str(history(access.scope_of(world.director, make.TODAY), world.plan))


def _model(name: str) -> type[Audited]:
    return next(model for model in tracked_models() if model.__name__ == name)


def test_steps_put_in_order_are_one_event_that_names_each() -> None:
    world = make.World()
    steps = [make.step(world.plan, text_fi=f"Osatoimenpide {number}", order=number) for number in range(3)]
    stamp = make.stamp("Järjestettiin", make.NOW + timedelta(days=1))
    for step, order in zip(steps, (2, 0, 1), strict=True):
        audited.change(step, stamp, order=order)
    shown = timeline(world.item.pk, {world.plan.pk: ""}, Reader(public=False, wording={}), Asked())
    newest = shown.events[0]
    assert [(told.name, told.before, told.after) for told in newest.changes] == [
        ("Osatoimenpide 0", "0", "2"),
        ("Osatoimenpide 1", "1", "0"),
        ("Osatoimenpide 2", "2", "1"),
    ]
    assert shown.count == 3


def test_who_acted_on_behalf_of_another_is_said_with_both_names() -> None:
    from toimenpiteet.models import Actor, Door

    world = make.World()
    actor = Actor.person(world.director, Door.PAGE, on_behalf=world.manager)
    audited.change(world.plan, audited.stamp(actor, WHY, make.NOW + timedelta(days=1)), text_fi="Toisin sanoin.")
    reader = signed_in(make.official(world.municipality, Role.VIEWER))
    page = reader.get(f"/toimenpiteet/{world.item.pk}/").content.decode()
    assert "Teppo Testaaja henkilön Maija Mallikas puolesta muokkasi" in page
    entry = history(access.scope_of(world.director, make.TODAY), world.plan)[-1]
    assert (entry.who, entry.on_behalf) == ("Teppo Testaaja", "Maija Mallikas")


# Who else reads it


_READS = re.compile(
    r"\.history\b(?!\.(stream|words|names|news|plan|signs|standing|taking_back|timeline|trail)\b)"
    r"|StatusChange\.(objects|_default_manager)|visible\([^)]*StatusChange|QuerySet\(StatusChange|status_changes\."
)
# models: what is read; access: which rows exist; services: writes that look at what was written; integrity checks it.
_MAY_READ = (
    *("models/", "migrations/", "access/", "services/", "selectors/history/"),
    # Writes what the services would have written.
    "city/ledger.py",
)


def test_nobody_else_reads_history_tables_or_status_changes() -> None:
    found = set()
    for package in ("toimenpiteet", "notifications", "bench"):
        for path in (ROOT / package).rglob("*.py"):
            place = path.relative_to(ROOT / package).as_posix()
            lines = path.read_text(encoding="utf-8").splitlines()
            if not place.startswith(_MAY_READ) and any(_READS.search(line) for line in lines if "import" not in line):
                found.add(place)
    assert found == set()
