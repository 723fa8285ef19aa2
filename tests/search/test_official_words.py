"""The bundled strategies are retold; who knows the words of the documents finds their goals and rows all the same."""

import pytest
from django.core.management import call_command
from django.test import Client

from tests.web.test_pages import html
from toimenpiteet.access import Scope
from toimenpiteet.models import ActionItem, Goal, Strategy
from toimenpiteet.selectors.search.search import search

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# As the document names them (003:8-64).
GOALS = {
    1: ["valmiuksia"],
    2: ["asiakaslähtöisesti"],
    3: ["vaikuttamisen mahdollisuuksia"],
    4: ["datan avaaminen"],
    5: ["verkostoyhteistyötä"],
    6: ["toimintamenot", "investointitason"],
    7: ["palvelutuotannon"],
    8: ["velanhoitokyky"],
    9: ["työhyvinvoinnista", "työturvallisuudesta"],
    10: ["osallisuutta"],
    11: ["työnantajakuvasta", "henkilöstöhankinnasta"],
    12: ["esimiestyötä", "työntekemisen"],
}
ROWS = {
    "digitalisaation-tiekartta": "Smart City 2030",
    "yhteisen-kehittamisen-budjetti": "ICT-kehittäminen",
    "asiakkuudenhallinta": "asiakastyytyväisyyskysely",
    "aloite-ja-palautejarjestelmat": "palautepalvelujärjestelmä",
    "tukipalvelut": "tukipalveluprosessi",
    "palvelualustat": "testauspalvelukonsepti",
    "palveluverkostoselvitys": "palveluverkostotarkastelu",
    "palvelut-asiakkaiden-kanssa": "asiakaspalveluprosessi",
    "palvelut-tiedon-avulla": "asiakaskäyttäytyminen",
    "tiedonhallinta": "tiedonhallintamallin määrittely",
    "kuntalaisten-osallistuminen": "äänestysaktiivisuus",
    "pitajaraadit": "pitäjäraatitoiminta",
    "paatoksenteon-avaaminen": "valmisteluvaihe",
    "sahkoiset-viestintaalustat": "kohtaamisalusta",
    "vieraskielinen-palvelu": "ajankohtaisviestintä",
    "avoin-data": "tiedonkäsittelykerros",
    "kolmas-sektori": "yhteistyösopimusmalli",
    "hankintaosaaminen": "kumppanuusosaaminen",
    "kayttotalousmenot": "palvelutuotantotaso",
    "toimitilat": "sisäilmaongelma",
    "investointien-toteutusmallit": "toteutusvaihtoehto",
    "henkilostopolitiikka": "puheeksiottaminen",
    "tyoturvallisuus": "työsuojeluvaltuutettu",
    "osaamisen-kehittaminen": "digitalisaatiokyvykkyys",
    "palkitseminen": "palkitsemismenetelmä",
    "viestinta-ja-tyotilat": "viestintäkäytäntö",
    "tiimien-itseohjautuvuus": "asiakasrajapinta",
    "tyonantajakuva": "oppisopimuskoulutuspaikka",
    "etatyo": "monipaikkatyöskentely",
    "valmentava-johtaminen": "johtamisvalmennus",
    "johtamisjarjestelma": "päätöksentekoprosessi",
}


def test_goals_and_rows_are_found_by_the_words_of_the_document() -> None:
    call_command("load_strategies", verbosity=0)
    plan = Strategy.objects.get(key="kuopio-toimenpiteet")
    lost = []
    for number, asked in GOALS.items():
        goal = Goal.objects.get(strategy=plan, number=number)
        lost += [words for words in asked if goal.pk not in _found(words, "goal")]
    for key, words in ROWS.items():
        if ActionItem.objects.get(strategy=plan, key=key).pk not in _found(words, "item"):
            lost.append(words)
    assert lost == []
    goal = Goal.objects.get(strategy=plan, number=8)
    page = html(Client().get(f"/tavoitteet/{goal.pk}/"))
    assert "velanhoitokyky" in page
    assert "Teksti on kerrottu omin sanoin" in page
    assert "asiakirja 003, rivit" in page.lower()
    assert "omin sanoin; luvut ja nimet ovat asiakirjojen" in html(Client().get(f"/strategiat/{plan.pk}/"))


def _found(words: str, kind: str) -> list[int]:
    return [hit.page_id for hit in search(Scope(), words, kind).hits]
