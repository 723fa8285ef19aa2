"""`manage.py load_strategies` on files that are wrong: each is refused whole, naming file, place, field and cure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import make
from tests.exchange.files import SMALL, edited, load, written
from toimenpiteet.exchange.strategy.problems import SHOWN
from toimenpiteet.exchange.strategy.reading import MAX_BYTES
from toimenpiteet.models import Municipality, Strategy, Unit
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Refusal = Callable[..., str]


@pytest.fixture
def refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Return a function that loads a text that must be refused, and returns what was said."""

    def refuse(*contents: str | bytes) -> str:
        before = (Municipality.objects.count(), Strategy.objects.count(), Unit.objects.count())
        paths = [
            written(tmp_path, content, "mallila.yaml" if not i else f"toinen-{i}.yaml")
            for i, content in enumerate(contents)
        ]
        with pytest.raises(SystemExit) as ended:
            load(*paths)
        assert ended.value.code == 1
        assert (Municipality.objects.count(), Strategy.objects.count(), Unit.objects.count()) == before
        printed = capsys.readouterr()
        assert printed.out == ""
        return printed.err

    return refuse


def line_of(text: str, words: str) -> int:
    """Return the line of `text` on which `words` first stand."""
    return text[: text.index(words)].count("\n") + 1


UNIT = "    kind: unit\n"
STEP = "{key: kysely, text: Kysely, due: 2020-06, source: 007:15}"
VALUE = "{year: 2019, kind: TP, value: 71.5, source: 007:19}"
TARGET = "{op: ge, value: 75, by_year: 2021, standing: agreed, source: 007:20}"

# What is changed in SMALL; words on the line that is to be named; the entry; the field; what is wrong; the cure.
WRONG = {
    "unknown unit": (
        ("units: [tietohallinto, palvelualueet]", "units: [tietohalinto, palvelualueet]"),
        ("units: [tietohalinto", 'action item "tiekartta", action plan "2020"', "units.1"),
        ('There is no responsible unit with the key "tietohalinto".', 'Did you mean "tietohallinto"?'),
    ),
    "unknown project": (
        ("projects: [datahanke]", "projects: [xyz]"),
        ("projects: [xyz]", 'action plan "2020"', "projects.1"),
        ('There is no project with the key "xyz".', "Correct the key, or add the entry that it names."),
    ),
    "unknown budget line": (
        ("budget_line: kehittaminen", "budget_line: kehitys"),
        ("budget_line: kehitys", 'project "datahanke"', "budget_line"),
        ('There is no budget line with the key "kehitys".', "Correct the key"),
    ),
    "unknown period": (
        ("- period: 2021-2030", "- period: 2021-2031"),
        ("- period: 2021-2031", 'action plan "2021-2031"', "period"),
        ('There is no plan period with the key "2021-2031".', 'Did you mean "2021-2030"?'),
    ),
    "unknown linked goal": (
        ("lead: tietohallinto\n", "lead: tietohallinto\n              linked_goals: [palvelu]\n"),
        ("linked_goals: [palvelu]", 'action item "tiekartta"', "linked_goals.1"),
        ('There is no goal with the key "palvelu".', 'Did you mean "palvelut"?'),
    ),
    "unknown theme of a programme": (
        ("themes: [toiminta]", "themes: [toimi]"),
        ("themes: [toimi]", 'programme "ohjelma"', "themes.1"),
        ('There is no theme with the key "toimi".', 'Did you mean "toiminta"?'),
    ),
    "unknown earlier strategy": (
        ("  status: adopted\n", "  status: adopted\n  follows: vanha\n"),
        ("follows: vanha", "", "strategy.follows"),
        ('There is no strategy with the key "vanha".', "Correct the key"),
    ),
    "unknown lead": (
        ("lead: tietohallinto\n", "lead: nobody\n"),
        ("lead: nobody", 'action item "tiekartta"', "lead"),
        ('There is no responsible unit with the key "nobody".', "Correct the key"),
    ),
    "key used twice": (
        ("    source: 007:6\n", "    source: 007:6\n  - {key: datahanke, name: D, source: 007:6}\n"),
        ("{key: datahanke, name: D", 'project "datahanke"', "key"),
        ('"datahanke" is already used on line 29.', "Give each entry a key of its own, or remove one."),
    ),
    "step key used twice": (
        ("{key: luonnos, text", "{key: kysely, text"),
        ("{key: kysely, text: Luonnos", 'step "kysely"', "key"),
        ('"kysely" is already used on line', "Give each entry a key of its own"),
    ),
    "two plans of one period": (
        ("- period: 2021-2030", '- period: "2020"'),
        ('- period: "2020"\n                  text: Tiekartta', 'action plan "2020"', "period"),
        ('"2020" is already used on line', "or remove one"),
    ),
    "unit named twice": (
        ("units: [tietohallinto, palvelualueet]", "units: [tietohallinto, tietohallinto]"),
        ("units: [tietohallinto, tieto", 'action plan "2020"', "units.2"),
        ('"tietohallinto" is in the list twice.', "Remove one of them."),
    ),
    "unit above itself": (
        (UNIT + "    parent: palvelualue\n", UNIT + "    parent: tietohallinto\n"),
        ("- key: tietohallinto", 'responsible unit "tietohallinto"', ""),
        ("above themselves or come after themselves: tietohallinto → tietohallinto.", "Correct parent or successor."),
    ),
    "a successor without its kind": (
        (UNIT, UNIT + "    successor: palvelualue\n"),
        ("- key: tietohallinto", "", ""),
        ("belong together, and one of them is missing", "renamed, merged or split"),
    ),
    "group inside itself": (
        ("    members_kind: service_area\n", "    members: [palvelualueet]\n"),
        ("- key: palvelualueet", 'responsible unit "palvelualueet"', ""),
        ("These groups contain themselves: palvelualueet → palvelualueet.", "Correct the members."),
    ),
    "members of what is no group": (
        (UNIT, UNIT + "    members: [palvelualue]\n"),
        ("members: [palvelualue]", 'responsible unit "tietohallinto"', "members"),
        ("Only a group has members.", "Write kind: group, or remove the members."),
    ),
    "years the wrong way round": (
        ("    start_year: 2019\n    end_year: 2021", "    start_year: 2019\n    end_year: 2018"),
        ("end_year: 2018", 'project "datahanke"', "end_year"),
        ("The last year 2018 is before the first year 2019.", "Correct one of them."),
    ),
    "year out of range": (
        ("  start_year: 2020\n  end_year: 2030", "  start_year: 220\n  end_year: 2030"),
        ("start_year: 220", "", "strategy.start_year"),
        ("220 is too small.", "Write a number that is at least 1900."),
    ),
    "period's years the wrong way round": (
        ("start_year: 2021, end_year: 2030", "start_year: 2021, end_year: 2003"),
        ("end_year: 2003", 'plan period "2021-2030"', "end_year"),
        ("The last year 2003 is before the first year 2021.", "Correct one of them."),
    ),
    "figure without a place": (
        (VALUE, "{kind: TP, value: 71.5, source: 007:19}"),
        ("{kind: TP, value: 71.5", 'indicator "tyytyvaisyys", value "TP"', ""),
        ("The figure has neither a year nor a position.", "otherwise position: in the order of reading."),
    ),
    "no data with a figure": (
        (VALUE, "{year: 2019, kind: TP, value: 71.5, no_data: true, source: 007:19}"),
        ("value: 71.5, no_data", 'value "TP"', "no_data"),
        ("There is a figure and also no_data.", "Remove one of them."),
    ),
    "figure missing": (
        (VALUE, "{year: 2019, kind: TP, source: 007:19}"),
        ("{year: 2019, kind: TP, source", 'value "TP"', ""),
        ("There is no figure.", "Write value:, or no_data: true when the source says so."),
    ),
    "figure as text": (
        (VALUE, '{year: 2019, kind: TP, value: "71,5", source: 007:19}'),
        ('value: "71,5"', 'value "TP"', "value"),
        ("71,5", "Write digits without quotes and spaces, with a point before the decimals."),
    ),
    "too many decimals": (
        ("value: 71.5", "value: 71.55555"),
        ("value: 71.55555", 'value "TP"', "value"),
        ("71.55555 has too many decimals.", "Use at most 4 decimals."),
    ),
    "more digits than are kept": (
        ("value: 71.5", "value: 1234567890123456"),
        ("value: 1234567890123456", 'value "TP"', "value"),
        ("1234567890123456 is too large.", "Use a larger unit of measure."),
    ),
    "the same figure twice": (
        (VALUE, f"{VALUE}\n                - {VALUE.replace('71.5', '72')}"),
        ("{year: 2019, kind: TP, value: 72", 'value "TP"', ""),
        ("The figure of 2019 (TP) is already on line", "Keep one of them."),
    ),
    "the same target twice": (
        (TARGET, f"{TARGET}\n                - {TARGET.replace('75', '80')}"),
        ("{op: ge, value: 80", 'target "ge"', ""),
        ("The target ge 2021 is already on line", "Keep one of them."),
    ),
    "the same number of a goal twice": (
        ("          number: 2\n          name: Talous", "          number: 1\n          name: Talous"),
        ("number: 1\n          name: Talous", 'goal "talous"', "number"),
        ("A goal has the number 1 on line", "Correct one number."),
    ),
    "periods that overlap": (
        ("start_year: 2021, end_year: 2030}", "start_year: 2020, end_year: 2030}"),
        ("start_year: 2020, end_year: 2030}", 'plan period "2021-2030"', "start_year"),
        ('The years overlap those of the period "2020".', "a year belongs to one period."),
    ),
    "a line that the document does not have": (
        ("    title: Mallilan strategia\n", "    title: Mallilan strategia\n    lines: 89\n"),
        ("  source: 007:7-90", "", "strategy.source"),
        ("Document 007 has 89 lines, and no line 90.", "Correct the line, or the number of lines in documents."),
    ),
    "lines the wrong way round": (
        ("source: 007:2-3", "source: 007:3-2"),
        ("source: 007:3-2", 'responsible unit "tietohallinto"', "source"),
        ("The lines 3–2 stand the wrong way round.", "Write the smaller first."),
    ),
    "a place that is none": (
        ("source: 007:2-3", "source: 007:2-"),
        ("source: 007:2-", 'responsible unit "tietohallinto"', "source"),
        ('"007:2-" is no place in a document.', "a page like s. 3, or leave it out."),
    ),
    "unset target with a figure": (
        (TARGET, "{op: none, value: 75, by_year: 2021, standing: agreed, source: 007:20}"),
        ("{op: none, value: 75", 'target "none"', "value"),
        ("A target that is not set yet has no figure.", "Remove it, or choose another op."),
    ),
    "target without anything": (
        (TARGET, "{op: ge, standing: agreed, source: 007:20}"),
        ("{op: ge, standing", 'target "ge"', ""),
        ("The target has neither a figure nor a note.", "or op: none."),
    ),
    "date that does not exist": (
        (STEP, "{key: kysely, text: Kysely, due: 2021-02-30, source: 007:15}"),
        ("due: 2021-02-30", 'step "kysely"', "due"),
        ('"2021-02-30" is not a date.', "2021-autumn"),
    ),
    "a number where a date belongs": (
        (STEP, "{key: kysely, text: Kysely, due: 20210, source: 007:15}"),
        ("due: 20210,", 'step "kysely"', "due"),
        ('"20210" is not text.', 'goes in quotes, like "2021".'),
    ),
    "a Finnish date": (
        (STEP, "{key: kysely, text: Kysely, due: 30.10.2026, source: 007:15}"),
        ("due: 30.10.2026,", 'step "kysely"', "due"),
        ('"30.10.2026" is not a date.', "2020-11-30 for 30.11.2020"),
    ),
    "season as a first day": (
        ("start: 2019-04-10", "start: 2019-spring"),
        ("start: 2019-spring", 'step of the strategy process "kysely"', "start"),
        ('"2019-spring" is not a first day.', "Write 2020-11-30, 2021-06 or 2021."),
    ),
    "end before the beginning": (
        ("end: 2019-05-01", "end: 2019-03"),
        ("end: 2019-03", 'step of the strategy process "kysely"', "end"),
        ("The last day is before the first day.", "Correct one of them."),
    ),
    "day that no month has": (
        ("month: 6, day: 30", "month: 2, day: 30"),
        ("month: 2, day: 30", 'rule of a day "annual_report"', "day"),
        ("Month 2 has no day 30.", "Correct the day or the month."),
    ),
    "text that is no rule": (
        ("month: 6, day: 30", "rule: 30.6."),
        ("rule: 30.6.", 'rule of a day "annual_report"', "rule"),
        (
            '"30.6." is no rule of a day.',
            (
                "Write a month and day (12-31) or one of these: first working-day 09, last working-day 01, +15 opens, "
                "-6 board, +1 01-06, 2 mon 06, last mon 03-28, never."
            ),
        ),
    ),
    "both a rule and a day": (
        ("month: 6, day: 30", "month: 6, day: 30, rule: 06-30"),
        ("rule: 06-30", 'rule of a day "annual_report"', "rule"),
        ("A day is told either by a rule, or by a month and a day.", "Give one of the two."),
    ),
    "days out of their order": (
        ("month: 6, day: 30", "which: lock, rule: 04-30"),
        ("calendar:", "strategy", "strategy.calendar"),
        (
            "In the round of 2021 “the round is locked” would come after “to the agenda”. Change one of the rules.",
            "Correct the rules.",
        ),
    ),
    "days counted in a ring": (
        ("month: 6, day: 30", "which: answers_due, rule: -10 review_ends"),
        ("calendar:", "strategy", "strategy.calendar"),
        (
            "These days are counted from each other in a ring. Give one of them a day of its own.",
            "Correct the rules.",
        ),
    ),
    "unknown field": (
        (UNIT, UNIT + "    colour: blue\n"),
        ("colour: blue", 'responsible unit "tietohallinto"', "colour"),
        ("There is no such field.", "Check its spelling and its indentation, or remove it."),
    ),
    "a status, which no file may claim": (
        (
            "                  text: Laaditaan tiekartta.\n",
            "                  text: X\n                  status: completed\n",
        ),
        ("status: completed", 'action plan "2020"', "status"),
        ("There is no such field.", "or remove it"),
    ),
    "missing field": (
        ("              lead: tietohallinto\n", ""),
        ("- key: tiekartta", 'action item "tiekartta"', "lead"),
        ("The field is missing.", "Add it."),
    ),
    "two dates of a step": (
        ("{key: kysely, text: Kysely, due: 2020-06,", "{key: kysely, text: Kysely, due: 2020-06, happened: 2020-05,"),
        ("happened: 2020-05", 'step "kysely"', "happened"),
        ("A step has one date.", "Keep the one that says what the date means."),
    ),
    "share without its number": (
        ("          name: Palvelut", "          counting: share\n          name: Palvelut"),
        ("- key: palvelut", 'goal "palvelut"', "counting_share"),
        ("A share and its number belong together.", "Write counting: share"),
    ),
    "comparison with an indicator that is none": (
        (TARGET, "{op: above, above: vuosikate, standing: agreed, source: 007:20}"),
        ("{op: above", 'target "above"', "above"),
        ('There is no indicator with the key "vuosikate".', "Correct the key"),
    ),
    "choice that is none": (
        (UNIT, "    kind: department\n"),
        ("kind: department", 'responsible unit "tietohallinto"', "kind"),
        ('"department" is not one of the choices.', "'service_area', 'sector', 'unit', 'body', 'role' or 'group'"),
    ),
    "yes is not true": (
        ("              lead: tietohallinto\n", "              lead: tietohallinto\n              lead_stated: yes\n"),
        ("lead_stated: yes", 'action item "tiekartta"', "lead_stated"),
        ('"yes" is neither true nor false.', "Write true or false."),
    ),
    "word where a list belongs": (
        ("projects: [datahanke]", "projects: datahanke"),
        ("projects: datahanke", 'action plan "2020"', "projects"),
        ('"datahanke" is not a list.', "Begin each element with a hyphen"),
    ),
    "list where fields belong": (
        (
            "municipality:\n  key: mallila\n  name: {fi: Mallila, sv: Mallby, en: Mallila}\n",
            "municipality: [mallila]\n",
        ),
        ("municipality: [mallila]", "", "municipality"),
        ("is not a group of fields.", "Write its fields below it, indented"),
    ),
    "key with capitals": (
        ("key: ohjelma", "key: Ohjelma"),
        ("key: Ohjelma", 'programme "Ohjelma"', "key"),
        ('"Ohjelma" is not a key.', 'Write "ohjelma".'),
    ),
    "key with dots": (
        ("key: ohjelma", "key: Ohjelma öljyä"),
        ("key: Ohjelma öljyä", 'programme "Ohjelma öljyä"', "key"),
        ('"Ohjelma öljyä" is not a key.', 'Write "ohjelma-oljya".'),
    ),
    "citation without a document": (
        ("source: 007:13", "source: 008:13"),
        ("source: 008:13", 'action item "tiekartta"', "source"),
        ("Document 008 is not among the documents of the file.", "Add it to documents, or correct the number."),
    ),
    "empty text": (
        ("text: Laaditaan tiekartta.", 'text: "  "'),
        ('text: "  "', 'action plan "2020"', "text.fi"),
        ("The text is empty.", "Write the text, or remove the field."),
    ),
    "no language": (
        ("text: Laaditaan tiekartta.", "text: {}"),
        ("text: {}", 'action plan "2020"', "text"),
        ("There is no text in any language.", "fi:, sv: or en:"),
    ),
    "name too long": (
        ("name: Palvelualue\n", f"name: {'å' * 201}\n"),
        ("name: ååå", 'responsible unit "palvelualue"', "name"),
        ("The text is longer than 200 characters.", "Shorten it."),
    ),
    "text of 200,000 characters": (
        ("text: Laaditaan tiekartta.", f"text: {'a' * 200_000}"),
        ("text: aaa", 'action plan "2020"', "text.fi"),
        ("The text is longer than 5000 characters.", "Shorten it."),
    ),
    "name on two lines": (
        ("name: Palvelualue\n", 'name: "Palvelu\\nalue"\n'),
        ('name: "Palvelu', 'responsible unit "palvelualue"', "name"),
        ("The text has a line break or a tab.", "Write it on one line."),
    ),
    "escaped control character": (
        ("name: Palvelualue\n", 'name: "Palvelu\\x07alue"\n'),
        ('name: "Palvelu', 'responsible unit "palvelualue"', "name.fi"),
        ("The text has an invisible character (U+0007).", "Remove it."),
    ),
    "turned direction of writing": (
        ("name: Palvelualue\n", 'name: "Palvelu\\u202ealue"\n'),
        ('name: "Palvelu', 'responsible unit "palvelualue"', "name.fi"),
        ("The text has an invisible character (U+202E).", "Remove it."),
    ),
    "another format": (
        ("format: 1", "format: 2"),
        ("format: 2", "", "format"),
        ('"2" is not one of the choices.', "Choose one of: 1."),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_entry_is_named_with_its_cure(name: str, refusal: Refusal) -> None:
    replacement, (words, entry, field), (what, cure) = WRONG[name]
    text = edited(replacement)
    said = refusal(text)
    assert "Nothing was loaded." in said
    [line] = [each for each in said.splitlines() if "mallila.yaml" in each]
    assert f"mallila.yaml, line {line_of(text, words)}, column " in line
    assert entry in line
    assert f'field "{field}"' in line if field else "field" not in line.partition(": ")[0]
    assert what in line
    assert cure in line


# YAML that is broken, or does more than a file of facts needs: the text, what is said, where.
BROKEN = {
    "bad indentation": (edited(("    name: Palvelualue\n", "   name: Palvelualue\n")), "not valid YAML", 10),
    "colon in plain text": (edited(("name: Datahanke", "name: Data: hanke")), "Data: hanke", 30),
    "tab": (edited(("    name: Palvelualue\n", "\tname: Palvelualue\n")), "indented with a tab", 10),
    "never closed": (edited(("aliases: [Data]", "aliases: [Data")), "not valid YAML", None),
    "field twice": (edited((UNIT, UNIT + UNIT)), 'The field "kind" is here twice; first on line 16.', 17),
    "alias": (
        edited(("name: Palvelualueet", "name: &nimi Palvelualueet")),
        "References (& and *) are not allowed.",
        20,
    ),
    "tag": (edited(("name: Palvelualueet", "name: !!python/name:os.system Palvelualueet")), "Tags (!) are not", 20),
    "two documents": (SMALL + "---\nformat: 1\n", "A second document begins here.", SMALL.count("\n") + 1),
    "list as a field's name": (edited((UNIT, UNIT + "    ? [a, b]\n    : c\n")), "must be a word", 17),
    "nothing": ("", "The file is empty.", None),
    "only a remark": ("# format: 1\n", "The file is empty.", None),
    "a word": ("format\n", "is not a group of fields", 1),
    "control character": (edited(("name: Palvelualueet", "name: Palvelu\x07alueet")), "(U+0007)", 20),
    "depth": ("format: " + "[" * 60 + "]" * 60, "too many entries, or entries inside each other", 1),
    "very deep": ("format: " + "[" * 20_000, "mallila.yaml", 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_or_tricky_yaml_is_refused_with_its_place(name: str, refusal: Refusal) -> None:
    text, words, line = BROKEN[name]
    said = refusal(text)
    assert words in said
    assert f"mallila.yaml, line {line}, column " in said if line else "mallila.yaml" in said
    assert "Traceback" not in said


def test_a_yaml_bomb_is_refused_at_its_first_reference(refusal: Refusal) -> None:
    bomb = "format: &a [x]\n" + "".join(f"f{i}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20))
    said = refusal(bomb)
    assert "line 1, column 9: References (& and *) are not allowed." in said


def test_what_is_not_utf8_is_refused_with_its_line(refusal: Refusal) -> None:
    said = refusal(SMALL.encode().replace("Väki".encode(), "Väki".encode("latin-1")))
    assert f"mallila.yaml, line {line_of(SMALL, 'Väki')}, column 1: The file is not UTF-8 text. Save it again" in said


def test_a_huge_file_is_refused_unread(refusal: Refusal) -> None:
    assert "larger than 2 megabytes" in refusal(b"#" * (MAX_BYTES + 1))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(tmp_path / "ei-ole.yaml", tmp_path)
    said = capsys.readouterr().err
    assert "ei-ole.yaml: There is no such file. Check the path: " in said
    assert "This is a folder. Name the files in it instead." in said


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(written(tmp_path) / "below-a-file.yaml")
    assert "below-a-file.yaml: The file cannot be opened. Check that you may read it." in capsys.readouterr().err


def test_every_problem_of_a_file_is_told_at_once(refusal: Refusal) -> None:
    said = refusal(
        edited(
            ("lead: tietohallinto\n", "lead: x\n"),
            ("projects: [datahanke]", "projects: [y]"),
            (VALUE, "{kind: TP, value: 1, source: 007:1}"),
        )
    )
    assert said.count("mallila.yaml") == 3
    lines = [int(part.split(",")[0]) for part in said.split(", line ")[1:]]
    assert lines == sorted(lines)


def test_twenty_problems_are_told_and_the_rest_counted(refusal: Refusal) -> None:
    units = "".join(f"  - {{key: u{i}, name: U, kind: unit, parent: x{i}, source: 007:1}}\n" for i in range(SHOWN + 5))
    said = refusal(edited(("budget_lines:\n", f"{units}budget_lines:\n")))
    assert said.count("There is no responsible unit") == SHOWN
    assert "mallila.yaml: and 5 more." in said


def test_one_bad_file_keeps_the_good_one_out(refusal: Refusal) -> None:
    assert "toinen-1.yaml" in refusal(SMALL, "format: 1\n")
    assert not Municipality.objects.exists()


def test_two_files_that_differ_about_a_unit_are_both_named(refusal: Refusal) -> None:
    other = edited(
        ("name: {fi: Tietohallinto, sv: Dataförvaltningen}", "name: IT"), ("key: mallilan-strategia", "key: b")
    )
    said = refusal(SMALL, other)
    assert 'toinen-1.yaml, line 14, column 5, responsible unit "tietohallinto"' in said
    assert "The same entry is different in the file mallila.yaml (line 14)." in said


def test_two_files_of_one_strategy_are_refused(refusal: Refusal) -> None:
    said = refusal(SMALL, SMALL)
    assert "The same strategy is also in the file mallila.yaml" in said


def test_strategies_that_follow_each_other_are_refused(refusal: Refusal) -> None:
    first = edited(("key: mallilan-strategia", "key: a\n  follows: b"))
    second = edited(("key: mallilan-strategia", "key: b\n  follows: a"))
    assert "These strategies follow themselves: a → b → a." in refusal(first, second)


def test_a_circle_with_what_an_earlier_load_left_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    load(written(tmp_path))
    units = "units:\n  - {key: palvelualue, name: P, kind: service_area, parent: tietohallinto, source: 007:1}\n"
    start, end = SMALL.index("units:\n"), SMALL.index("budget_lines:\n")
    said = refusal(SMALL[:start] + units + SMALL[end:])
    assert "palvelualue → tietohallinto → palvelualue" in said or "tietohallinto → palvelualue → tietohallinto" in said


def test_a_long_chain_of_units_is_no_trouble(refusal: Refusal) -> None:
    chain = "".join(f"  - {{key: u{i}, name: U, kind: unit, parent: u{i + 1}, source: 007:1}}\n" for i in range(3000))
    last = "  - {key: u3000, name: U, kind: unit, parent: u0, source: 007:1}\n"
    said = refusal(edited(("budget_lines:\n", f"{chain}{last}budget_lines:\n")))
    assert "These units stand above themselves" in said


def test_what_does_not_fit_what_is_there_is_told_too(tmp_path: Path, refusal: Refusal) -> None:
    load(written(tmp_path))
    project = Municipality.objects.get().projects.get()
    audited.change(project, make.stamp(), start_year=2021)
    said = refusal(edited(("    start_year: 2019\n    end_year: 2021", "    start_year: 2019\n    end_year: 2020")))
    assert "mallila.yaml, project datahanke: It would end before it begins. Change one of the two." in said


def test_problems_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(written(tmp_path, edited(("lead: tietohallinto\n", "lead: nobody\n"))), json=True)
    printed = capsys.readouterr()
    assert printed.err == ""
    [problem] = json.loads(printed.out)["problems"]
    assert (problem["file"], problem["field"]) == ("mallila.yaml", "lead")
    assert problem["line"] == line_of(SMALL, "lead: tietohallinto")
    assert problem["cure"] == "Correct the key, or add the entry that it names."


def test_all_that_is_wrong_is_told_in_one_pass(refusal: Refusal) -> None:
    text = edited(
        ("    aliases: [palv.alue]\n", "    aliases: [palv.alue]\n    colour: red\n"),
        ("units: [tietohallinto, palvelualueet]", "units: [tietohalinto, palvelualue]"),
        (VALUE, f"{VALUE}\n                - {VALUE.replace('71.5', '72')}"),
        ("start_year: 2019\n    end_year: 2021", "start_year: 2022\n    end_year: 2021"),
        ("{key: luonnos, text: Luonnos, unit: palvelualue", "{key: luonnos, txt: Luonnos, unit: palvelualue"),
        (
            "                  text: Tiekartta otetaan käyttöön.\n",
            "                  text: Tiekartta.\n{0}due: 30.10.2026\n{0}units: [tietohal]\n".format(" " * 18),
        ),
    )
    lines = [line for line in refusal(text).splitlines() if "mallila.yaml" in line]
    said = {
        "colour: red": "There is no such field.",
        "units: [tietohalinto": 'There is no responsible unit with the key "tietohalinto".',
        "{year: 2019, kind: TP, value: 72": "The figure of 2019 (TP) is already on line",
        "end_year: 2021\n    budget_line": "The last year 2021 is before the first year 2022.",
        "{key: luonnos, txt": "The field is missing.",
        "due: 30.10.2026": '"30.10.2026" is not a date.',
        "units: [tietohal]": 'There is no responsible unit with the key "tietohal".',
    }
    for place, words in said.items():
        assert any(f"line {line_of(text, place)}, " in line and words in line for line in lines), (place, lines)
    # A field that is missing and one that is strange are two; what names the unit that does not fit is right.
    assert len(lines) == len(said) + 1
