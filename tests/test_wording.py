"""The words of the screens: one for each thing, short sentences, and no two unlike messages said alike."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
MOST_WORDS = 20
"""How many words a sentence has at most, in any language."""

# What is not said, and what is said for it. What may stand all the same is cut out first.
NOT_SAID = {
    "fi": {
        r"\b(toimenpide)?suunnitelm(?!akau)": "toimenpide, with its period",
        r"(?<!mitta)yksik[köi]": "vastuutaho: yksikkö is one kind of them",
        r"osatoimi(?!enpi|npi)|osatoime(?!npi)": "osatoimenpide",
        r"\btauo|\btauk": "keskeytetty",
        r"arkipäiv|arkisin": "työpäivä: Saturday is an arkipäivä",
        r"budjetti": "talousarvio",
        r"hiljai|hiljaa": "ei tietoja; in a round ei raportoitu",
        r"viranhalti": "kunnan edustaja",
        r"\bkaupun(?!ginhalli)": "kunta",
        r"\blopetettu|\blopetetut|ehdota valmii": "luovuttu; ilmoita valmiiksi",
        r"lähde ei kerro sitä|sinun\b(?! muutoksesi)": "ei mainita lähteessä; a possessive ending",
        r"\bworker\b|message-id|\bkiemur|puolittain": "what an officer knows",
        r"missä mennään|raahaa": "miten se etenee; vetämällä",
        r"\bvaiheen\b|\bvaihetta\b|erään(ty|tyy|tyvät)": "osatoimenpide; määräaika",
    },
    "sv": {
        r"\bplan(en|er|erna|ens|ers|ernas)?\b": "åtgärd, with its period",
        r"ansvarig(a)? enhet": "ansvarig instans",
        r"ansvarig person": "ansvarsperson",
        r"\bpaus|nedlag|\blägga? ne[rd]": "vilande; utgår",
        r"\btyst": "inte rapporterat",
        r"\bi kraft (till|från och)|avsluta enhet": "finns till och med; dra in",
        r"\bstad(en|ens)?\b": "kommun",
        r"tjänsteinneh": "företrädare för kommunen",
        r"studsa": "kommer i retur",
        r"vardag": "arbetsdag",
        r"(?<!nästa )\bsteg(et)?\b(?! i strategiarbetet)|förfall": "delåtgärd; tidsfrist",
        r"\bworker\b|message-id|till hälften": "what an officer knows",
        r"föreslå som klar|hördes senast": "anmäl som slutförd; senaste uppgift",
    },
}
MAY_STAND = {
    "fi": (
        "Mittari ja yksikkö",
        "palvelualueet, yksiköt",
        "hiljaiset viikot",
        "hiljaisilla viikoilla",
        "hiljaisia. Jätä",
    ),
    "sv": ("nligt plan", "tysta veckor", "tysta. Lämna"),
}
KIND_OF_UNIT = "unit"
"""The one message that names the kind, and not the thing."""


def messages(language: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the messages with what is said for them, each in its one or two forms."""
    path = ROOT / f"toimenpiteet/locale/{language}/LC_MESSAGES/django.po"
    with path.open("rb") as lines:
        return [(_forms(one.id), _forms(one.string)) for one in read_po(lines, locale=language) if one.id]


def _forms(texts: Any) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (texts,)


def unsaid(language: str, text: str) -> list[str]:
    """Return what should be said for each word of a text that is not said."""
    for allowed in MAY_STAND[language]:
        text = text.replace(allowed, "")
    return [instead for pattern, instead in NOT_SAID[language].items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("language", NOT_SAID)
def test_each_thing_has_one_word(language: str) -> None:
    wrong = [
        (text, instead)
        for originals, texts in messages(language)
        for text in texts
        if originals[0] != KIND_OF_UNIT and (instead := unsaid(language, text))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Muokkaa suunnitelmaa"),
        ("fi", "Yksiköllä ei ole ketään"),
        ("fi", "Osatoimi tehty"),
        ("fi", "3 arkipäivää jäljellä"),
        ("sv", "Redigera planen"),
        ("sv", "Tysta enheter"),
    ],
)
def test_a_word_that_is_not_said_is_found(language: str, text: str) -> None:
    assert unsaid(language, text)


def sentences(text: str) -> list[int]:
    """Return how many words each sentence of a message has; a name that is put in counts as one."""
    plain = re.sub(r"%\(\w+\)s", "x", re.sub(r"<[^>]+>", " ", text))
    parts = re.split(r"(?<=[.!?:;])\s+|\n", plain)
    return [sum(bool(re.search(r"\w", word)) for word in part.split()) for part in parts]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_sentence_is_long(language: str) -> None:
    told = [texts if language in NOT_SAID else ids for ids, texts in messages(language if language != "en" else "fi")]
    assert [text for texts in told for text in texts if max(sentences(text)) > MOST_WORDS] == []


def test_a_long_sentence_is_found() -> None:
    assert sentences("A few words. " + "and " * 21 + "end.") == [3, 22]


# Messages that differ in English only: said alike, they mislead nobody. The first word of each, in any order.
ALIKE = [
    {"planned", "planned at"},
    {"sent", "sent at"},
    {"to be sent", "being sent", "due to be sent"},
    {"E-mail", "Email", "Mail"},
    {"Remove", "Take away"},
    {"Go on", "Resume"},
    {"Deadline", "Due", "due", "due date"},
    {"Action items", "Toimenpiteet"},
    {"Late", "Overdue"},
    {"Not open to you", "This is not open to you"},
    {"Too many attempts", "Too many tries"},
    {"as before", "unchanged"},
    {"value", "figure"},
    {"core value", "Values", "core values"},
    {"move", "status change"},
    {"valid from", "in force from"},
    {"holds until", "valid until"},
    {"accepted", "adopted"},
    {"day of the decision", "decided on"},
    {"grounds", "reason", "cause"},
    {"answers are due by %(day)s", "answers by %(day)s"},
    # The report is read when what it tells of is past.
    {"How it stands", "As it was"},
    {"Propose a change", "Propose the change"},
    {"evidence", "piece of evidence"},
    {"Carried out", "Done"},
    {"%(count)s plan", "%(count)s action item"},
    {"%(count)s plans", "%(count)s action items"},
    {"%(who)s edited the plan.", "%(who)s edited the action item."},
    {"situation", "state"},
    {"Password Reset Email", "Set your password"},
    {"Also written", "Other spellings"},
    {"stated in the source", "the source states the day"},
    {"Plan edited", "Action item edited"},
    {"discontinued", "is discontinued"},
    {"draft of an answer", "drafts of answers"},
]


def alike(originals: set[str]) -> bool:
    """Tell whether messages may be said alike: one and many of a thing, or a pair that is known."""
    bare = {re.sub(r"(?i)^(the|this|a)\s+|[.:]$", "", text) for text in originals}
    return len({_one(text) for text in bare}) == 1 or any(originals <= known for known in ALIKE)


def _one(text: str) -> str:
    """Return a message of one and of many as the same text."""
    alike = {r"\bare\b": "is", r"\bwere\b": "was", r"\bwait\b": "waits", r"ies\b": "y", r"s\b": "", r"\bthey\b": "it"}
    for pattern, one in alike.items():
        text = re.sub(pattern, one, text, flags=re.IGNORECASE)
    return text.casefold()


@pytest.mark.parametrize("language", NOT_SAID)
def test_no_translation_serves_two_unlike_messages(language: str) -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for originals, texts in messages(language):
        # A language may say one and many alike: the first form stands for both.
        for original, text in zip(originals, texts, strict=True):
            said[text].add(original if text != texts[0] else originals[0])
    assert {text: originals for text, originals in said.items() if not alike(originals)} == {}


def test_unlike_messages_are_found() -> None:
    assert not alike({"decided by", "ended by"})
    assert alike({"Strategy", "The strategy"})
    assert alike({"source document", "source documents"})
