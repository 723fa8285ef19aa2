"""What the record says in sentences: names from the content carry their language, whatever the page's is."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Step
from toimenpiteet.selectors.translated import Phrase, Text
from toimenpiteet.services import audited
from toimenpiteet.templatetags.words import say

SWEDISH: Any = {"headers": {"accept-language": "sv"}}


def test_a_phrase_is_whole_as_a_string_and_marks_what_it_names() -> None:
    said = Phrase.of("%(who)s lade till %(thing)s.", who="M & M", thing=[Text("Kysely", "fi"), Text("<i>")])
    assert said == "M & M lade till Kysely, <i>."
    assert say(said) == 'M &amp; M lade till <span lang="fi">Kysely</span>, &lt;i&gt;.'


@pytest.mark.django_db
@time_machine.travel(make.NOW + timedelta(days=1), tick=False)
def test_the_timeline_and_what_changed_mark_the_language_of_what_they_name() -> None:
    world = make.World()
    step = make.step(world.plan, text_fi="Kysely asiakkaille")
    audited.change(Step.objects.get(pk=step.pk), make.stamp(), text_fi="Kysely kaikille")
    timeline = Client().get(f"/toimenpiteet/{world.item.pk}/", **SWEDISH).content.decode()
    assert 'ändrade delåtgärden ”<span lang="fi">Kysely kaikille</span>”' in timeline
    other = make.goal(world.theme, name_fi="Toinen tavoite")
    audited.change(world.item, make.stamp(at=make.NOW + timedelta(hours=23)), goal=other)
    between = signed_in(world.director).get(f"/strategiat/{world.strategy.pk}/muutokset/?from=2021-03-15", **SWEDISH)
    assert '<span lang="fi">1. ' in between.content.decode().partition("Mål: ")[2][:200]
