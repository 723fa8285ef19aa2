"""What a report says, in which order and words; what it leaves out; and that its numbers add up."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from tests.report import sample
from toimenpiteet.exchange.report import build, facts
from toimenpiteet.exchange.report.document import Chart, Document, Mark, Paragraph, Table
from toimenpiteet.snapshots import Evidence, Plan, Snapshot

pytestmark = pytest.mark.once

pytestmark = pytest.mark.once
NBSP = "\N{NO-BREAK SPACE}"
HEADINGS = {
    "fi": [
        "1 Päätösehdotus",
        "2 Yhteenveto",
        "3 Poikkeamat",
        "4 Päätettävät muutokset (liite 1)",
        "5 Aikaansaadut",
        "6 Sitovat tavoitteet",
        "7 Mittarit",
        "8 Ei raportoitu, ja ei voida arvioida",
        "9 Edellisten päätösten seuranta",
        "Liite 2: Kaikki tavoitteet ja toimenpiteet",
    ],
    "sv": [
        "1 Beslutsförslag",
        "2 Sammandrag",
        "3 Avvikelser",
        "4 Ändringar som kräver beslut (bilaga 1)",
        "5 Resultat",
        "6 Bindande mål",
        "7 Indikatorer",
        "8 Inte rapporterat, och kan inte bedömas",
        "9 Uppföljning av tidigare beslut",
        "Bilaga 2: Alla mål och åtgärder",
    ],
}


def report(snapshot: Snapshot, language: str = "fi") -> Document:
    return build.report(snapshot, language, sample.LOCKED)


def rows(document: Document, key: str) -> list[list[str]]:
    tables = [each for part in document.parts for each in part.blocks if isinstance(each, Table) and each.key == key]
    return [[" / ".join(line.text for line in cell) for cell in row] for table in tables for row in table.rows]


def words(document: Document) -> str:
    return json.dumps(asdict(document), ensure_ascii=False)


@pytest.mark.parametrize("language", ["fi", "sv"])
@pytest.mark.parametrize("snapshot", [sample.filled(), sample.snapshot()], ids=["filled", "empty"])
def test_the_parts_stand_in_the_order_of_the_board_in_its_words(snapshot: Snapshot, language: str) -> None:
    assert [part.heading for part in report(snapshot, language).parts] == HEADINGS[language]


def test_a_part_with_nothing_to_say_is_a_sentence() -> None:
    for part in report(sample.snapshot()).parts[1:]:
        assert not [block for block in part.blocks if isinstance(block, Table | Chart)]
        said = [block.line.text for block in part.blocks if isinstance(block, Paragraph)]
        assert said
        assert all(text.endswith(".") for text in said)


def test_each_goal_adds_up_to_its_total_and_the_goals_to_the_last_row() -> None:
    *goals, whole = [[int(cell) for cell in row[1:]] for row in rows(report(sample.filled()), "goals")]
    assert whole == [7, 3, 1, 1, 1, 1, 1, 1]
    assert [sum(column) for column in zip(*goals, strict=True)] == whole
    assert all(row[0] == sum(row[1:6]) for row in [*goals, whole])


def test_each_percentage_shows_what_it_is_of() -> None:
    summary = report(sample.filled()).parts[1]
    said = [block.line.text.replace(NBSP, " ") for block in summary.blocks if isinstance(block, Paragraph)]
    assert said == [
        "Vastattuja on 6/7 (86 %) kysytyistä toimenpiteistä.",
        "Suunnitellusti etenee 3/7 (43 %), viivästyy tai on vaarassa 1/7 (14 %) ja ilman päätöstä ei etene 1/7 (14 %).",
        "Niistä, joita voi verrata edelliseen kierrokseen, valo on parantunut 1/4 (25 %) ja heikentynyt 1/4 (25 %).",
    ]
    (chart,) = (block for block in summary.blocks if isinstance(block, Chart))
    assert sum(bar.length for bar in chart.bars) == pytest.approx(1)
    assert "▲ viivästyy tai vaarassa: 1/7 (14 %)" in chart.alt.replace(NBSP, " ")


def test_deviations_begin_with_the_red_ones_and_keep_the_first_day() -> None:
    assert rows(report(sample.filled()), "deviations") == [
        [
            *("Uimahalli", "Tietohallinto", "käynnissä / ■ ei etene, vaatii päätöksen"),
            *("Rahoitus jäi saamatta.", "Lautakunta päättää rahoituksesta."),
            *("31.12.2026 / (kauden loppu) / esitetty: 30.6.2027", "Kaupunginhallitus"),
        ],
        [
            *("Asiointipiste", "Tietohallinto", "käynnissä / ▲ viivästyy tai vaarassa"),
            *(
                "Hankinta viivästyi.",
                "Kilpailutus uusitaan marraskuussa.",
                "alun perin 30.6.2026 / nyt 30.11.2026",
                "–",
            ),
        ],
    ]
    assert rows(report(sample.filled()), "late") == [
        ["Kevyt liikenne", "Tietohallinto", "käynnissä / ● etenee suunnitellusti", "määräaika oli 1.7.2026"]
    ]


def test_what_is_red_is_put_to_a_decision_and_what_is_noted_stands_apart() -> None:
    told = words(report(sample.filled()))
    assert "Päätetään, miten jatketaan sitä 1 toimenpidettä" in told
    assert told.index("Merkitään tiedoksi") < told.index("Hyväksytään") < told.index("Annetaan tehtäväksi")
    assert "Päätetään, miten 1 avoinna oleva aiempi päätös toteutetaan (osa 9)." in told
    empty = words(report(sample.snapshot()))
    assert "Hyväksyttävää ei ole." in empty
    assert "Annettavia tehtäviä ei ole." in empty


def test_who_decides_is_whom_the_change_waits_for_else_of_what_is_red_the_body() -> None:
    for change, decides in (
        ([sample.change("Uimahalli", status="proposed", body="")], "strategiajohtaja"),
        ([sample.change("Uimahalli", body="Lautakunta")], "Lautakunta"),
        ([], "Kaupunginhallitus"),
    ):
        assert rows(report(sample.filled() | {"changes": change}), "deviations")[0][-1] == decides


def test_what_the_director_decides_is_not_put_to_the_body() -> None:
    proposed = sample.change("Uimahalli", status="proposed", body="", unit={"fi": "Liikunta"})
    made = report(sample.filled() | {"changes": [proposed]})
    assert "Hyväksyttävää ei ole." in words(made)
    assert "Toimielimen päätettäviä muutoksia ei ole." in words(made)
    (told,) = rows(made, "proposed")
    assert told[4] == "vastuuhenkilö / Liikunta"


def test_a_result_is_what_was_achieved_and_never_what_was_to_be_done() -> None:
    done = sample.plan("Museo", None, status="completed", achieved="Museo avattiin yleisölle.")
    silent = sample.plan("Arkisto", None, status="completed")
    found = rows(report(sample.snapshot([done, silent])), "results")
    assert [row[-1] for row in found] == ["Museo avattiin yleisölle.", "–"]


def test_the_annex_says_what_was_made_of_each_answer_and_by_whom_it_was_given() -> None:
    plans = [
        sample.plan("Tehty", sample.answer(unit={"fi": "Tietohallinto"})),
        sample.plan("Sama", sample.answer(said="unchanged", review="none")),
        sample.plan("Vaiti", sample.SILENT),
    ]
    found = rows(report(sample.snapshot(plans, goals=[sample.goal("palvelut", 1, "Palvelut")])), "plan")
    assert [row[4].rpartition(" / ")[2] for row in found] == [
        "(päivitetty, hyväksytty; vastuuhenkilö, Tietohallinto)",
        "(vahvistettu muuttumattomaksi, ei tarkastettu; vastuuhenkilö)",
        "–",
    ]


def test_the_annex_names_cause_and_next_step() -> None:
    red = sample.answer("off_track", cause="Rahoitus puuttuu.", next_step="Haetaan lisää.")
    plans = [sample.plan("Seis", red)]
    (row,) = rows(report(sample.snapshot(plans, goals=[sample.goal("palvelut", 1, "Palvelut")])), "plan")
    assert " / Syy: Rahoitus puuttuu. / Seuraava askel: Haetaan lisää. / " in row[4]


def test_an_answer_that_was_returned_is_told_beside_its_silence() -> None:
    returned = sample.plan("Palautettu", sample.answer(review="returned"))
    (told,) = rows(report(sample.snapshot([returned])), "not-reported")
    assert told[1] == "Palautettu / (vastaus palautettiin, eikä sitä annettu uudelleen)"


def test_another_language_tells_how_much_there_is_in_it() -> None:
    facts_of = {language: dict(report(sample.filled(), language).facts) for language in ("fi", "sv")}
    assert "Tällä kielellä" not in facts_of["fi"]
    assert facts_of["sv"]["På detta språk"].text == f"13 av 24 (54{NBSP}%) av texterna om mål och åtgärder"


def test_silence_and_what_cannot_be_assessed_stand_apart() -> None:
    document = report(sample.filled())
    assert rows(document, "not-reported") == [["Tietohallinto", "Torialue", "1.9.2026", "15.9.2026 / 21.9.2026"]]
    assert rows(document, "not-assessed") == [
        [
            "2 Elinvoima vahvistuu",
            "Luku valmistuu myöhemmin. / Tilasto valmistuu keväällä.",
            "31.3.2027",
        ],
        # Locked before a reason was asked for.
        ["Yrityspalvelut", "Mittaus tehdään vasta ensi vuonna.", "–"],
        ["Väkiluku", "mittarista ei ole lukua", "–"],
    ]


def test_an_answer_that_was_given_back_is_silence() -> None:
    returned = sample.plan("Palautettu", sample.answer(review="returned"))
    assert facts.mark_of(returned) == Mark.NOT_REPORTED


@pytest.mark.parametrize(
    ("now", "then", "moved"),
    [
        ("on_track", "at_risk", 1),
        ("off_track", "at_risk", -1),
        ("at_risk", "at_risk", 0),
        ("not_assessed", "on_track", 0),
        ("on_track", "not_assessed", 0),
    ],
)
def test_a_light_moves_up_or_down_only_between_lights(now: str, then: str, moved: int) -> None:
    assert facts.moved(sample.plan("Siirtyvä", sample.answer(now), before=sample.before(then))) == moved


def test_an_item_with_plans_in_two_periods_says_which_is_meant() -> None:
    other = sample.plan("Uimahalli", sample.answer("at_risk", cause="Syy.", next_step="Askel."))
    period: Any = other["period"] | {"key": "2027", "name": {"fi": "2027", "sv": None, "en": None}}
    plans: Any = [*sample.filled()["plans"], other | {"period": period}]
    document = report(sample.filled() | {"plans": plans})
    assert [row[0] for row in rows(document, "deviations") if "Uimahalli" in row[0]] == [
        *("Uimahalli / 2026", "Uimahalli / 2027"),
    ]


def test_goals_of_which_nothing_is_foreseen_are_named() -> None:
    goals = [sample.goal("a", 1, "Eka"), sample.goal("b", 5, "Toka")]
    said = str(report(sample.snapshot([sample.plan("Kirjasto", sample.answer("on_track"))], goals=goals)))
    assert "2 tavoitteesta ei ole annettu ennustetta (1, 5)." in said


def test_results_are_new_ones_and_the_steps_of_the_year() -> None:
    told = sample.plan("Jo kerrottu", None, status="completed", before=sample.before("on_track", "completed"))
    document = report(sample.filled() | {"plans": [*sample.filled()["plans"], told]})
    assert rows(document, "results") == [["Kirjasto", "Tietohallinto", "valmis", "Kirjasto avattiin."]]
    assert rows(document, "steps") == [["Tiekartta", "Kartoitus", "1.3.2026"]]


def test_results_name_the_evidence_that_everybody_may_read() -> None:
    beside: list[Evidence] = [
        {"name": "Kysely", "url": "https://mallila.example/k", "file": "", "sha256": "", "public": True},
        {"name": "tulos.pdf", "url": "", "file": "tulos.pdf", "sha256": "0" * 64, "public": True},
        {"name": "Muistio", "url": "https://mallila.example/m", "file": "", "sha256": "", "public": False},
    ]
    done = sample.plan("Museo", sample.answer(text="Avattiin.", evidence=beside), status="completed")
    found = rows(report(sample.filled() | {"plans": [*sample.filled()["plans"], done]}), "results")
    assert found[-1][-1] == "Avattiin. / Näyttö: Kysely, https://mallila.example/k / Näyttö: tulos.pdf"


def test_indicators_tell_where_they_go_by_what_is_good() -> None:
    document = report(sample.filled())
    satisfied, aimed = rows(document, "indicators")
    assert satisfied == [
        "Asukkaiden tyytyväisyys / (%)",
        "78,5 / 2023, toteuma (TP)",
        "80 / 2024, toteuma (TP)",
        "82,25 / 2025, toteuma (TP)",
        "≥ 85 vuoteen 2028 mennessä / (sovittu) / asetettu: Strategia, valtuusto 13.6.2025",
        "paranee / nousu on hyvä",
        "Asukaskysely / seuraava 31.3.2027",
    ]
    assert aimed[3:6] == ["–", "≥ 85 vuoteen 2028 mennessä / (sovittu)", "ei vertailutietoa"]
    # What has neither a figure nor a target is counted here, and named in part 8.
    assert "1 mittarista ei ole lukua" in words(document)
    assert "Sairauspoissaolot." in words(document)
    (goal,) = rows(document, "binding-indicators")
    assert goal[0].startswith("1 Palvelut kehittyvät / toteutuu, kun kaikki")


def test_goals_have_a_forecast_in_the_autumn_and_a_result_when_the_year_is_over() -> None:
    made = report(sample.filled())
    assert rows(made, "binding") == [["1 Palvelut kehittyvät", "osittain", "Kysely tehtiin."]]
    assert rows(made, "assessed") == [["2 Elinvoima vahvistuu", "ei voida arvioida", "Tilasto valmistuu keväällä."]]
    proof: list[Evidence] = [
        {"name": "Kysely", "url": "https://mallila.example/k", "file": "", "sha256": "", "public": True},
        {"name": "Muistio", "url": "https://mallila.example/m", "file": "", "sha256": "", "public": False},
    ]
    reached = sample.assessment("palvelut", "achieved", foreseen="partly", evidence=proof)
    annual = sample.filled() | {"round": sample.filled()["round"] | {"kind": "annual_report"}}
    ((_goal, outcome, grounds),) = rows(report(annual | {"assessments": [reached]}), "binding")
    assert outcome == "toteutui / (ennuste syksyllä: osittain)"
    assert grounds == "Kysely tehtiin. / Näyttö: Kysely, https://mallila.example/k"
    ((_goal, outcome, grounds),) = rows(report(annual | {"assessments": []}, "sv"), "binding")
    assert (outcome, grounds) == ("inte bedömt", "–")


def test_earlier_decisions_are_followed_up_open_ones_first() -> None:
    made = report(sample.filled())
    assert rows(made, "decisions-open") == [
        [
            "Uimahallin rahoitus selvitetään / (päätös)",
            f"Kaupunginhallitus 27.10.2025 §{NBSP}310 / MAL/12/2025",
            "Tietohallinto",
            "–",
        ]
    ]
    assert rows(made, "decisions-done")[0][-1] == "Mittarit on tarkistettu. / toteutettu 4.5.2026"
    assert "miten aiemmat päätökset on toteutettu (osa 9)" in words(made)
    older = sample.filled()
    del older["decisions"], older["assessments"]
    assert "Seurattavia aiempia päätöksiä ei ole kirjattu." in words(report(older))


def test_the_whole_plan_has_both_periods_of_an_item() -> None:
    found = [row for row in rows(report(sample.filled()), "plan") if row[0].startswith("Tiekartta")]
    assert [row[0] for row in found] == ["Tiekartta / 2026", "Tiekartta / 2027–2030"]
    assert found[0][3].endswith("tehty: Kartoitus (1.3.2026)")
    told = build.plan(sample.filled(), "sv")
    assert [part.heading for part in told.parts] == ["Alla mål och åtgärder"]
    assert "Työ etenee suunnitellusti." not in words(told)


def test_a_text_in_another_language_is_marked() -> None:
    document = report(sample.filled(), "sv")
    cells = list(document.parts[-1].blocks[2].rows[0][3])  # type: ignore[union-attr]  # the plan's first table
    assert {(line.text, line.lang) for line in cells} == {
        ("Tiekartta: toteutetaan yhdessä.", "fi"),
        ("gjord: Kartoitus (1.3.2026)", "fi"),
    }


def test_a_draft_says_so_and_has_no_hash() -> None:
    drafts = {language: build.report(sample.filled(), language) for language in ("fi", "sv")}
    assert [draft.draft for draft in drafts.values()] == ["LUONNOS", "UTKAST"]
    assert "SHA-256" not in words(drafts["fi"])
    locked = report(sample.filled())
    assert (locked.draft, sample.SHA256 in locked.footer) == ("", True)
    assert "lukittu 13.10.2026 klo 13.05" in locked.footer


def test_what_is_invented_says_so_over_each_page() -> None:
    invented = sample.filled()
    invented["municipality"]["demonstration"] = True
    assert report(invented).above == "ESITTELYAINEISTOA"
    assert build.report(invented, "sv").above == "UTKAST · DEMONSTRATIONSMATERIAL"
    assert build.plan(invented, "fi").above == "ESITTELYAINEISTOA"


def test_statuses_are_said_as_the_board_says_them() -> None:
    plans: list[Plan] = [
        sample.plan("Siirtynyt", None, status="carried_over"),
        sample.plan("Lopetettu", None, status="discontinued"),
    ]
    for language, said in (
        ("fi", ["siirretty seuraavaan kauteen", "päätetty lopettaa"]),
        ("sv", ["överförd till nästa period", "avslutad genom beslut"]),
    ):
        assert [row[2] for row in rows(report(sample.snapshot(plans), language), "ended")] == said


def test_the_changes_to_be_decided_stand_apart_from_those_that_were() -> None:
    made = report(sample.filled())
    assert rows(made, "changes") == [
        [
            "Uimahalli / määräaika / 2026",
            "vuoden 2026 loppuun mennessä",
            "30.6.2027",
            "Kilpailutus keskeytyi. / Käyttöönotto siirtyy puoli vuotta.",
            "vastuuhenkilö / Tietohallinto",
            "Kaupunginhallitus / odottaa toimielimen päätöstä",
        ]
    ]
    (decided,) = rows(made, "decided")
    assert decided[-1] == f"Kaupunginhallitus 25.5.2026 §{NBSP}101 / MAL/7/2026 / hyväksytty / Hyväksyttiin."
    assert "Hyväksytään liitteen 1 (osa 4) 1 muutos." in words(made)
    # What was frozen before changes were kept says nothing of them.
    older = sample.filled()
    del older["changes"]
    assert "There are" not in words(report(older))
    assert "Toimielimen päätettäviä muutoksia ei ole." in words(report(older))


@pytest.mark.parametrize(
    ("fields", "was", "proposed"),
    [
        ({"kind": "ending"}, "jatkuu", "luovutaan"),
        ({"kind": "scope", "was": {"text": "Yksi."}, "proposed": {"text": "Kaksi."}}, "Yksi.", "Kaksi."),
        ({"kind": "lead", "was": {"unit": {"fi": "Tieto"}}, "proposed": {"unit": {"fi": "Tila"}}}, "Tieto", "Tila"),
    ],
)
def test_each_kind_of_change_says_what_it_is_about(fields: dict[str, object], was: str, proposed: str) -> None:
    snapshot = sample.snapshot([sample.plan("Uimahalli", None)], changes=[sample.change("Uimahalli", **fields)])
    assert rows(report(snapshot), "changes")[0][1:3] == [was, proposed]
