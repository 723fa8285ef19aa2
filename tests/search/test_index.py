"""The search index and what it finds: forms of words, order, who sees what, bad input; on both databases."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests import make
from toimenpiteet import access, models
from toimenpiteet.access import Scope
from toimenpiteet.models import SearchDocument
from toimenpiteet.selectors.search.search import Found, search, words_of
from toimenpiteet.services import audited
from toimenpiteet.services import search as search_index

pytestmark = pytest.mark.django_db

PUBLIC = Scope()


@pytest.fixture
def world() -> make.World:
    return make.World()


def titles(found: Found) -> list[str]:
    return ["".join(piece for piece, _hit in hit.title.pieces) for hit in found.hits]


def scope_of(user: models.User) -> Scope:
    return access.scope_of(user, make.TODAY)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Digitalisaation tiekartta", "tiekartan"),
        ("Digitalisaation tiekartta", "tiekartalla"),
        ("Digitalisaation tiekartta", "tiek"),
        ("Hyvinvoinnin tukeminen", "hyvinvointi"),
        ("Kaupungin brändi", "kaupunki"),
        ("Asukkaiden kuuleminen", "asukas"),
        ("Toiminnan kehittäminen", "toiminta kehittää"),
        ("Älykäs liikenne", "älykkään"),
        ("Öljynvaihto", "öljy"),
        ("Yritysten kasvu", "yrityksille"),
        ("Åtgärder för välfärden", "åtgärd"),
        ("Tavoitteet 2030", "2030"),
    ],
)
def test_a_word_is_found_by_its_other_forms(world: make.World, said: str, asked: str) -> None:
    item = make.action_item(world.goal, world.unit, name_fi=said)
    assert item.pk in [hit.page_id for hit in search(PUBLIC, asked, "item").hits]


def test_dots_on_letters_make_a_difference(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="Talli ja hevoset")
    assert titles(search(PUBLIC, "tälli")) == []


def test_every_word_must_be_there_but_not_side_by_side(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="Kysely asukkaille syksyllä")
    assert titles(search(PUBLIC, "syksyn kysely")) == ["Kysely asukkaille syksyllä"]
    some = search(PUBLIC, "syksyn haastattelu")
    assert (titles(some), some.some) == (["Kysely asukkaille syksyllä"], True)
    assert search(PUBLIC, "haastattelu talvella") == Found()


@pytest.mark.parametrize("asked", ["htv", "pv", "pv/htv", "2021-2030", "kuopio", "kuopio.fi", "työ"])
def test_signs_part_words(world: make.World, asked: str) -> None:
    """PostgreSQL's own reader would take them for files, hosts and numbers."""
    said = "Poissaolot pv/htv 2021-2030 (kuopio.fi), työ_ja_elämä"
    make.action_item(world.goal, world.unit, name_fi=said)
    assert titles(search(PUBLIC, asked, "item")) == [said]


def test_common_words_do_not_stand_in_the_way(world: make.World) -> None:
    """PostgreSQL's dictionaries leave them out of the index."""
    said = "Kysely yritysten kanssa ja kaikki mikä on"
    make.action_item(world.goal, world.unit, name_fi=said, name_sv="Enkät om hur det är att vara med")
    assert titles(search(PUBLIC, said)) == [said]
    assert titles(search(PUBLIC, "kanssa")) == [said]
    assert search(PUBLIC, "enkät om det som är").some
    assert titles(search(PUBLIC, "enkät om det är")) == [said]


def test_an_item_with_more_text_than_anybody_reads_is_saved_and_found(world: make.World) -> None:
    for number in range(12):
        words = " ".join(f"åäö{number}sana{at}" for at in range(400))
        make.step(world.plan, text_fi=words, text_sv=words, text_en=words)
    assert search(PUBLIC, "åäö0sana7").total == 1


def test_what_has_it_in_its_title_comes_before_what_has_it_in_its_text(world: make.World) -> None:
    make.step(world.plan, text_fi="Hankitaan lintulauta, lintulauta ja vielä kolmas lintulauta")
    make.action_item(world.goal, world.unit, name_fi="Yhteinen lintulauta puistoon ja torille ja rantaan")
    assert titles(search(PUBLIC, "lintulauta"))[0].startswith("Yhteinen")
    assert len(search(PUBLIC, "lintulauta").hits) == 2


def test_an_item_is_found_once_by_the_texts_of_its_plans_and_steps(world: make.World) -> None:
    plan = make.plan(world.item, world.earlier, text_fi="Selvitetään pysäköintiä.")
    make.step(plan, text_fi="Pysäköinnin laskenta")
    (hit,) = search(PUBLIC, "pysäköinti").hits
    assert (hit.kind, hit.page_id) == ("item", world.item.pk)
    assert next(piece for piece, marked in hit.snippet.pieces if marked) == "pysäköintiä"


def test_each_kind_of_thing_is_found(world: make.World) -> None:
    of: dict[str, Any] = {"strategy": world.strategy, "key": "haku"}
    home = {"municipality": world.municipality, "key": "haku"}
    rows = [
        models.StrategyPart(name_fi="Kumpareet", kind="vision", **of),
        models.CoreValue(name_fi="Arvo", explanation_fi="Kumpare kerrallaan", **of),
        models.FollowUp(text_fi="Kumpareita katsotaan", **of),
        models.ProcessEvent(name_fi="Kumparekysely", kind="survey", end_on=make.TODAY, **of),
        models.Indicator(name_fi="Kumpareiden määrä", **of),
        models.Programme(name_fi="Kumpareohjelma", **home),
        models.Project(name_fi="Kumparehanke", **home),
        models.BudgetLine(name_fi="Kumpareraha", **home),
    ]
    for row in rows:
        audited.add(row, make.stamp())
    project = next(row for row in rows if isinstance(row, models.Project))
    audited.add(models.ProjectAlias(project=project, text="kukkulahanke"), make.stamp())
    audited.add(models.UnitAlias(unit=world.unit, text="kumparetoimi"), make.stamp())
    audited.add(models.SuccessFactor(theme=world.theme, key="t", name_fi="Kumpareisuus"), make.stamp())
    me = scope_of(world.director)
    assert {hit.model for hit in search(me, "kumpare").hits} == {
        *("strategypart", "corevalue", "followup", "processevent", "indicator", "programme", "project"),
        *("budgetline", "unit", "theme"),
    }
    assert titles(search(me, "kukkula")) == ["Kumparehanke"]


def test_kinds_are_counted_and_chosen(world: make.World) -> None:
    make.goal(world.theme, number=2, name_fi="Tiekartat kuntoon")
    found = search(PUBLIC, "tiekartta", "goal")
    assert titles(found) == ["Tiekartat kuntoon"]
    assert [(kind, count) for kind, _label, count in found.counts] == [("goal", 1), ("item", 1)]
    assert (found.count, found.total) == (1, 2)


def test_a_change_is_found_at_once_and_the_old_text_no_more(world: make.World) -> None:
    audited.change(world.item, make.stamp(), name_fi="Sähköinen asiointi")
    assert titles(search(PUBLIC, "asiointia")) == ["Sähköinen asiointi"]
    assert "Sähköinen asiointi" not in titles(search(PUBLIC, "digitalisaatio"))


def test_a_removed_step_is_not_found_and_a_removed_theme_is_gone(world: make.World) -> None:
    step = make.step(world.plan, text_fi="Kumiankan hankinta")
    theme = make.theme(world.strategy, name_fi="Kumiankkojen kaupunki")
    audited.remove(step, make.stamp())
    audited.remove(theme, make.stamp())
    assert titles(search(PUBLIC, "kumiankka")) == []
    assert not SearchDocument.objects.filter(model="theme", object_id=theme.pk).exists()


def test_a_status_move_costs_the_index_nothing(world: make.World) -> None:
    with CaptureQueriesContext(connection) as captured:
        audited.change(world.plan, make.stamp(), next_deadline_on=make.TODAY)
    assert "searchdocument" not in str([query["sql"] for query in captured])


def test_a_gathered_load_writes_each_document_once(world: make.World) -> None:
    with CaptureQueriesContext(connection) as captured, search_index.gathered():
        for number in range(5):
            audited.add(models.Step(plan=world.plan, key=f"g{number}", text_fi=f"Ukulele {number}"), make.stamp())
    written = [query["sql"] for query in captured if 'INSERT INTO "toimenpiteet_searchdocument"' in query["sql"]]
    assert len(written) == 1
    assert len(search(PUBLIC, "ukulele").hits) == 1


def test_a_load_that_fails_leaves_nothing_to_be_written(world: make.World) -> None:
    def load() -> None:
        with search_index.gathered():
            audited.add(models.Step(plan=world.plan, key="g", text_fi="Ukulele"), make.stamp())
            raise ValueError("katkesi")

    with pytest.raises(ValueError, match="katkesi"):
        load()
    audited.add(models.Step(plan=world.plan, key="h", text_fi="Harmonikka"), make.stamp())
    assert len(search(PUBLIC, "harmonikka").hits) == 1


def test_the_index_can_be_made_anew(world: make.World, capsys: Any) -> None:
    before = list(SearchDocument.objects.order_by("model", "object_id").values("model", "object_id", "title_fi"))
    SearchDocument.objects.all().delete()
    assert search_index.rebuild_if_empty() == len(before)
    assert search_index.rebuild_if_empty() == 0
    call_command("rebuild_search")
    assert f"{len(before)} search documents" in capsys.readouterr().out
    after = list(SearchDocument.objects.order_by("model", "object_id").values("model", "object_id", "title_fi"))
    assert before == after
    assert titles(search(PUBLIC, "tiekartta")) == ["Digitalisaation tiekartta"]


# Who sees what


def test_nothing_of_another_municipality_is_found_nor_counted(world: make.World) -> None:
    other = make.official(make.municipality(name_fi="Muila"))
    assert search(scope_of(other), "tiekartta tietohallinto") == search(scope_of(other), "tiekartta")
    found = search(scope_of(other), "tiekartta")
    assert (found.hits, found.counts, found.total) == ([], [], 0)


def test_a_draft_is_found_by_its_own_people_and_by_nobody_else() -> None:
    home = make.municipality()
    draft = make.strategy(home, published=False, name_fi="Salainen luonnos")
    goal = make.goal(make.theme(draft, name_fi="Salainen teema"), name_fi="Salainen tavoite")
    unit = make.unit(home, "Salainen yksikkö")
    item = make.action_item(goal, unit, name_fi="Salainen toimenpide")
    plan = make.plan(item, make.period(draft), text_fi="Salainen suunnitelma")
    make.step(plan, text_fi="Salainen osatoimenpide")
    project = audited.add(models.Project(municipality=home, key="p", name_fi="Salainen hanke"), make.stamp())
    audited.add(models.PlanProject(plan=plan, project=project), make.stamp())
    assert search(PUBLIC, "salainen").total == 0
    assert search(scope_of(make.official(home)), "salainen").total == 6
    audited.change(draft, make.stamp(), published=True)
    assert search(PUBLIC, "salainen").total == 6


def test_comments_are_for_the_signed_in_of_the_municipality(world: make.World) -> None:
    comment = models.Comment(plan=world.plan, text="Vesipiippu löytyi", at=make.NOW, author_name=make.name("Maija"))
    audited.add(comment, make.stamp())
    assert search(PUBLIC, "vesipiippu").total == 0
    assert search(scope_of(make.official(make.municipality())), "vesipiippu").total == 0
    (hit,) = search(scope_of(world.manager), "vesipiippu").hits
    assert (hit.kind, hit.page_id) == ("comment", world.item.pk)


def test_the_public_finds_what_it_may_see_of_every_kind(world: make.World) -> None:
    """The search and ``access.visible`` never disagree."""
    lonely = audited.add(
        models.Project(municipality=world.municipality, key="y", name_fi="Yksinäinen hanke"), make.stamp()
    )
    assert not access.visible(PUBLIC, models.Project).filter(pk=lonely.pk).exists()
    assert search(PUBLIC, "yksinäinen").total == 0
    assert search(scope_of(world.manager), "yksinäinen").total == 1


# Languages and bad input


def test_a_hit_is_shown_in_the_language_that_has_it(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="Koulut", name_sv="Skolor")
    with override("sv"):
        (hit,) = search(PUBLIC, "skola", "item").hits
        assert (hit.title.pieces, hit.title.lang) == ([("Skolor", True)], "")
        (hit,) = search(PUBLIC, "tiekartta", "item").hits
        assert hit.title.lang == "fi"


BAD = [
    *("", " ", '"', "'", "*", "a*b", "NOT", "AND OR NEAR", "title_fi:x", "^x", "-x", "x:*", "'x':*A", "!x", "x & | y"),
    *("(", ")", "x)", "\\", "%", "_", "__", "{x}", "x' OR 1=1 --", "\x00tiekartta", "tie\x07kartta", "\u202egnirts"),
    *("🦆", "👩‍👩‍👧", "ა", "عربي", "x" * 10_000, "ä" * 300, "a " * 5000, "the and of", "ja on ei", "\ud800", "1" * 50),
]


@pytest.mark.parametrize("query", BAD, ids=lambda query: repr(query)[:20])
def test_whatever_is_typed_is_only_words(world: make.World, query: str) -> None:
    assert search(PUBLIC, query).page == 1
    assert search(scope_of(world.manager), f"tiekartta {query}"[:400], "item", 10**6).page == 1


def test_words_are_small_few_and_whole() -> None:
    assert words_of("TIEKARTTA, Äänekoski; tie\u00adkartta") == ["tiekartta", "äänekoski"]
    assert len(words_of(" ".join(f"sana{number}" for number in range(40)))) == 8


def test_a_long_name_without_a_space_and_marks_of_html_stay_text(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="ä" * 200)
    make.step(world.plan, text_fi="<b>villi</b> & " + "y" * 900)
    assert len(search(PUBLIC, "ä" * 200).hits) == 1
    (hit,) = search(PUBLIC, "villi").hits
    assert ("villi", True) in hit.snippet.pieces
    assert sum(len(piece) for piece, _mark in hit.snippet.pieces) < 250


def test_pages_have_twenty_each_and_cost_three_queries(world: make.World, django_assert_num_queries: Any) -> None:
    for number in range(45):
        make.action_item(world.goal, world.unit, name_fi=f"Kanava {number}")
    with django_assert_num_queries(3):
        found = search(PUBLIC, "kanavat", "", 3)
    assert (len(found.hits), found.count, found.page, found.last) == (5, 45, 3, 3)


# Installations that had no search


def migrated(name: str, *, backwards: bool = False) -> list[tuple[Any, bool]]:
    """Return what post_migrate tells of a migration that has been run."""
    return [(SimpleNamespace(app_label="toimenpiteet", name=name), backwards)]


def test_the_migration_that_brings_the_search_fills_it_and_no_other_does(world: make.World) -> None:
    SearchDocument.objects.all().delete()
    config = apps.get_app_config("toimenpiteet")
    for plan in ([], migrated("0001_squashed_0019_report_metadata"), migrated("0002_search", backwards=True)):
        post_migrate.send(config, app_config=config, verbosity=0, using="default", plan=plan, apps=apps)
        assert not SearchDocument.objects.exists()
    post_migrate.send(config, app_config=config, verbosity=0, using="default", plan=migrated("0002_search"), apps=apps)
    assert titles(search(PUBLIC, "tiekartta")) == ["Digitalisaation tiekartta"]
