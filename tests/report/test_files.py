"""Reports as Word, PDF and Excel: what went in comes out whole, and each file is what it should be."""

import io
import re
import shutil
import subprocess
import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from pdfua import validate

from tests.report import sample
from toimenpiteet.exchange.report import build
from toimenpiteet.exchange.report.document import Document
from toimenpiteet.exchange.report.excel import excel
from toimenpiteet.exchange.report.pdf import NotSet, _set, pdf, showable
from toimenpiteet.exchange.report.word import word
from toimenpiteet.snapshots import Snapshot

pytestmark = pytest.mark.once

pytestmark = pytest.mark.once
PARTS = 10
LANGUAGES = [("fi",), ("sv",), ("fi", "sv")]
LONG = " ".join(f"sana{number}" for number in range(500))
HOSTILE = ["😀 👍🏽 ●▲■○–", "#let x = 1", "{{ 7*7 }}", "<script>alert(1)</script>", "=1+1", "*b* _i_ $x$ @a `c` \\n ]"]


def reports(snapshot: Snapshot, languages: tuple[str, ...]) -> list[Document]:
    return [build.report(snapshot, language, sample.LOCKED) for language in languages]


def hostile() -> Snapshot:
    said = sample.answer("off_track", text=LONG, cause="\n".join(HOSTILE), next_step="中\x07\ue000")
    return sample.snapshot([sample.plan("=1+1", said)], goals=[sample.goal("palvelut", 1, "#let y = 2")])


SNAPSHOTS = {"filled": sample.filled(), "empty": sample.snapshot()}


@cache
def made(name: str, *languages: str, form: str = "pdf") -> bytes:
    """Return a file of one of SNAPSHOTS, made once for all tests."""
    return {"pdf": pdf, "docx": word, "xlsx": excel}[form](reports(SNAPSHOTS[name], languages))


# PDF


def opened(data: bytes) -> Any:
    return pikepdf.open(io.BytesIO(data))


def structure(file: Any) -> list[str]:
    """Return the types of the tagged elements, in the order of reading."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for each in element:
                walk(each)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                found.append(str(element.S))
            if "/K" in element:
                walk(element.K)

    walk(file.Root.StructTreeRoot.K)
    return found


@pytest.mark.parametrize("languages", LANGUAGES)
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_pdf_is_accessible_and_to_be_kept(name: str, languages: tuple[str, ...], tmp_path: Path) -> None:
    data, snapshot = made(name, *languages), SNAPSHOTS[name]
    with opened(data) as file, file.open_metadata() as told:
        assert told["pdfuaid:part"] == "1"
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "A")
        assert told["dc:title"] == reports(snapshot, languages)[0].title
        assert str(file.Root.Lang) == languages[0]
        assert bool(file.Root.MarkInfo.Marked)
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
        assert not file.is_encrypted
        kinds = structure(file)
    assert kinds.count("/H1") == PARTS * len(languages) + len(languages) - 1
    assert {"/Table", "/TH", "/TR", "/TD", "/H2", "/Caption"} <= set(kinds)
    assert ("/Figure" in kinds) == bool(snapshot["plans"])
    (tmp_path / "report.pdf").write_bytes(data)
    assert list(validate(str(tmp_path / "report.pdf")).findings) == []


def test_the_tables_of_a_pdf_have_heads_and_its_headings_skip_no_level() -> None:
    with opened(made("filled", "fi")) as file:
        kinds = structure(file)
        heads = [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TH"]
        scopes = {str(one.Scope) for each in heads for one in _attributes(each) if "/Scope" in one}
    assert scopes == {"/Column"}
    assert len(heads) == kinds.count("/TH")
    assert kinds.count("/THead") == kinds.count("/Table") == kinds.count("/Caption") - kinds.count("/Figure")
    levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def _attributes(element: Any) -> list[Any]:
    given = element.get("/A", [])
    return list(given) if isinstance(given, pikepdf.Array) else [given]


def test_each_language_of_a_pdf_is_marked() -> None:
    with opened(made("filled", "fi", "sv")) as file:
        languages = {
            str(each.Lang) for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/Lang" in each
        }
    assert languages == {"fi", "sv"}


def test_a_chart_has_its_words() -> None:
    with opened(made("filled", "fi")) as file:
        texts = [str(each.Alt) for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert len(texts) == 1
    assert "etenee suunnitellusti: 3/7" in texts[0]


def pdf_text(data: bytes) -> str:
    """Return what the file says to who copies it: the texts of its glyphs, by their fonts' ToUnicode tables."""
    with opened(data) as file:
        return "".join(_page_text(page) for page in file.pages)


def _page_text(page: Any) -> str:
    tables = {name: _to_unicode(font) for name, font in page.resources.get("/Font", {}).items()}
    said, table = "", {}
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        match str(operator):
            case "Tf":
                table = tables[str(operands[0])]
            case "TJ" | "Tj":
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        said += "".join(table.get(raw[at : at + 2], "") for at in range(0, len(raw), 2))
            case "BDC":
                actual = operands[1].get("/ActualText") if isinstance(operands[1], pikepdf.Dictionary) else None
                said += str(actual) if actual is not None else ""
    return said


def _to_unicode(font: Any) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    return found


def test_what_people_typed_comes_whole_out_of_a_pdf() -> None:
    said = re.sub(r"\s", "", pdf_text(pdf(reports(hostile(), ("fi",)))))
    for text in [*HOSTILE[1:], "#let y = 2", "[U+4E2D]", "[U+E000]"]:
        assert text.replace(" ", "") in said
    for character in HOSTILE[0].replace(" ", ""):
        assert character in said
    # Long words are parted at the ends of lines.
    assert all(word in said.replace("-", "").replace("\xad", "") for word in LONG.split())


def test_a_run_of_letters_without_a_space_stays_in_its_column() -> None:
    def set_with(cause: str) -> bytes:
        said = sample.answer("off_track", text="Selvä.", cause=cause, next_step="Askel")
        return pdf(reports(sample.snapshot([sample.plan("Uimahalli", said)]), ("fi",)))

    long, short = set_with("ö" * 3900), set_with("ö")
    assert pdf_text(long).count("ö") - pdf_text(short).count("ö") >= 3899
    with pikepdf.open(io.BytesIO(long)) as whole, pikepdf.open(io.BytesIO(short)) as little:
        # It takes the pages that it needs; off the page it would take none.
        assert len(whole.pages) > len(little.pages)


def test_what_cannot_be_set_says_why() -> None:
    with pytest.raises(NotSet, match="No such file"):
        _set("nothing.typ", {}, ppi=10)


def test_a_character_that_no_font_has_is_shown_as_its_code() -> None:
    assert showable("Åå Öö 😀 ●▲■○– “”") == "Åå Öö 😀 ●▲■○– “”"
    assert showable("中文") == "[U+4E2D][U+6587]"


def test_the_name_of_a_sheet_is_cut_after_a_word() -> None:
    names = list(cells(excel(reports(sample.filled(), ("fi",)))))
    assert all(len(name) <= 31 for name in names)
    assert "8 Ei raportoitu, ja ei voida" in names


def test_each_page_of_a_draft_says_that_it_is_one() -> None:
    drafts = [build.report(sample.filled(), language) for language in ("fi", "sv")]
    with opened(pdf(drafts)) as file:
        said = [re.sub(r"\s", "", _page_text(page)) for page in file.pages]
    assert len(said) > 4
    assert [("LUONNOS" in page, "UTKAST" in page) for page in said].count((False, False)) == 0
    with zipfile.ZipFile(io.BytesIO(excel(drafts[:1]))) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert all("LUONNOS" in sheet.partition("<headerFooter>")[2] for sheet in sheets)


# Word


def word_text(data: bytes) -> str:
    file = docx.Document(io.BytesIO(data))
    return "\n".join("".join(run.text or "" for run in each.iter(qn("w:t"))) for each in file.element.iter(qn("w:p")))


def test_what_people_typed_comes_whole_out_of_a_word_file() -> None:
    said = word_text(word(reports(hostile(), ("fi",)))).split("\n")
    for text in [*HOSTILE, LONG, "1 #let y = 2", "=1+1", "中\N{REPLACEMENT CHARACTER}\ue000"]:
        assert text in said


@pytest.mark.parametrize("languages", LANGUAGES)
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_a_word_file_has_styles_heads_that_repeat_languages_and_page_numbers(
    name: str, languages: tuple[str, ...]
) -> None:
    snapshot = SNAPSHOTS[name]
    told = reports(snapshot, languages)
    file = docx.Document(io.BytesIO(made(name, *languages, form="docx")))
    headings = [each.text for each in file.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings == [part.heading for document in told for part in document.parts]
    assert [each.text for each in file.paragraphs if each.style and each.style.name == "Title"] == [
        document.title for document in told
    ]
    for table in file.tables:
        assert len(table._tbl.findall(f".//{qn('w:tblHeader')}")) == 1
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    said = {each.get(qn("w:val")) for each in file.element.iter(qn("w:lang"))}
    assert said == set(languages) | ({"fi"} if snapshot["plans"] else set())
    default = file.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert default is not None
    assert default.get(qn("w:val")) == languages[0]
    for section in file.sections:
        fields = {each.get(qn("w:instr")) for each in section.footer._element.iter(qn("w:fldSimple"))}
        assert fields == {"PAGE", "NUMPAGES"}
    pictures = [each.get("descr") for each in file.element.iter(qn("wp:docPr"))]
    assert len(pictures) == (len(languages) if snapshot["plans"] else 0)
    assert all(pictures)


def test_the_lists_of_each_language_are_numbered_anew() -> None:
    file = docx.Document(io.BytesIO(made("filled", "fi", "sv", form="docx")))
    numbers = file.part.numbering_part.element
    starts = [int(each.get(qn("w:val")) or 0) for each in numbers.iter(qn("w:startOverride"))]
    assert starts == [1, 5, 6, 1, 5, 6]


@pytest.mark.soak
def test_libreoffice_opens_a_word_file_and_repeats_the_heads_of_its_tables(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("There is no LibreOffice on this machine.")
    (tmp_path / "raportti.docx").write_bytes(made("filled", "fi", "sv", form="docx"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        program,
        profile,
        "--headless",
        "--convert-to",
        "fodt",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "raportti.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = (tmp_path / "raportti.fodt").read_text(encoding="utf-8")
    assert read.count("<table:table ") == read.count("<table:table-header-rows>") > 20
    assert len(re.findall(r"<svg:desc>[^<]*etenee suunnitellusti: 3/7", read)) == 1
    for level in (1, 2, 3):
        assert f'text:outline-level="{level}"' in read
    assert {'fo:language="fi"', 'fo:language="sv"'} <= set(re.findall(r'fo:language="\w+"', read))


# Excel

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """Return by sheet the type and text of each cell, read from the XML itself; a formula fails."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in file.namelist():
            shared = ["".join(each.itertext()) for each in parse_xml(file.read("xl/sharedStrings.xml"))]
        book = parse_xml(file.read("xl/workbook.xml"))
        names = [each.attrib["name"] for each in book.iter(f"{_SHEET}sheet")]
        found = {}
        for at, name in enumerate(names, 1):
            sheet = parse_xml(file.read(f"xl/worksheets/sheet{at}.xml"))
            assert not list(sheet.iter(f"{_SHEET}f"))
            found[name] = [_cell(each, shared) for each in sheet.iter(f"{_SHEET}c")]
        return found


def _cell(cell: Any, shared: list[str]) -> tuple[str, str]:
    kind, text = cell.get("t", "n"), "".join(cell.itertext())
    return (kind, shared[int(text)]) if kind == "s" else (kind, text)


def test_what_people_typed_comes_whole_out_of_a_workbook_and_nothing_is_a_formula() -> None:
    found = [text for sheet in cells(excel(reports(hostile(), ("fi",)))).values() for _kind, text in sheet]
    assert "\n".join(HOSTILE) in found
    assert "=1+1" in found
    assert any(LONG in text for text in found)


def test_a_workbook_has_a_sheet_for_each_table_and_its_numbers_are_numbers() -> None:
    found = cells(excel(reports(sample.filled(), ("fi",))))
    assert list(found)[:3] == ["Raportti", "2 Yhteenveto", "3 Poikkeamat"]
    assert [text for kind, text in found["2 Yhteenveto"] if kind == "n"][-8:] == [
        "7",
        "3",
        "1",
        "1",
        "1",
        "1",
        "1",
        "1",
    ]
    assert ("Tiekartta\n2027–2030") in [text for _kind, text in found[list(found)[-1]]]
    both = cells(excel(reports(sample.filled(), ("fi", "sv"))))
    assert len(both) == 2 * len(found)


def test_a_workbook_is_printed_as_wide_as_a_page_with_the_heads_on_each() -> None:
    with zipfile.ZipFile(io.BytesIO(made("filled", "fi", form="xlsx"))) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        heads = file.read("xl/workbook.xml").decode().count("_xlnm.Print_Titles")
    assert heads == len(sheets) > 5
    for sheet in sheets:
        assert '<pageSetUpPr fitToPage="1"/>' in sheet
        assert 'orientation="landscape"' in sheet
        assert 'fitToHeight="0"' in sheet


def test_a_row_of_a_workbook_is_as_high_as_its_texts() -> None:
    with zipfile.ZipFile(io.BytesIO(excel(reports(hostile(), ("fi",))))) as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    heights = [float(height) for sheet in sheets for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', sheet)]
    assert 399 < max(heights) <= 400, "the longest text, as high as a row may be"
    assert min(heights) == 30
