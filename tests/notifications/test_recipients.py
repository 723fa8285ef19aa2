"""Who is told: routing, without a database."""

import hashlib
from datetime import date, timedelta

import pytest

from notifications.recipients import Directory, Receiver, Stand, Told, UnitCard, Why

DAY = date(2026, 12, 18)
MAIJA, TEPPO, LIISA, PEKKA = (
    Receiver(f"person:{number}", name, f"{name.lower()}@mallila.example", "fi", number)
    for number, name in enumerate(("Maija", "Teppo", "Liisa", "Pekka"), 1)
)
CARD, BARE = UnitCard("yksikko@mallila.example", "sv"), UnitCard("", "fi")


def directory(units: dict[int, UnitCard], **fields: object) -> Directory:
    return Directory(DAY, units, **fields)  # type: ignore[arg-type]  # fields by name


def who(found: list[Told]) -> list[tuple[str, int, Why]]:
    return [(told.receiver.name or told.receiver.address, told.unit, told.why) for told in found]


def test_every_manager_of_the_unit_is_told() -> None:
    found = directory({1: CARD}, managers={1: [MAIJA, TEPPO]}, directors=[LIISA]).told(1)
    assert who(found) == [("Maija", 1, Why.MANAGER), ("Teppo", 1, Why.MANAGER)]


def test_without_a_manager_it_is_the_mailbox_then_the_director_then_nobody_aloud() -> None:
    (mailbox,) = directory({1: CARD}, directors=[LIISA]).told(1)
    digest = hashlib.sha256(b"yksikko@mallila.example").hexdigest()[:32]
    assert (mailbox.receiver.key, mailbox.receiver.language) == (
        f"mailbox:{digest}",
        "sv",
    )
    assert who(directory({1: BARE}, directors=[LIISA]).told(1)) == [("Liisa", 1, Why.DIRECTOR)]
    (nobody,) = directory({1: BARE}).told(1)
    assert (nobody.receiver.key, nobody.receiver.address, nobody.why) == ("nobody", "", Why.NOBODY)


def test_a_mailbox_that_is_a_persons_account_is_that_person() -> None:
    card = UnitCard(" Maija@Mallila.example ", "sv")
    (told,) = directory({1: card}, people_at={"maija@mallila.example": MAIJA}).told(1)
    assert told.receiver == MAIJA


def test_a_group_is_its_members_and_who_leads_the_group_itself() -> None:
    units = {1: CARD, 2: BARE, 3: UnitCard("kolmas@mallila.example", "fi")}
    found = directory(units, members={1: {2, 3}}, managers={1: [PEKKA], 2: [MAIJA]})
    assert who(found.told(1)) == [
        ("Pekka", 1, Why.MANAGER),
        ("Maija", 2, Why.MANAGER),
        ("kolmas@mallila.example", 3, Why.MAILBOX),
    ]


def test_groups_that_contain_each_other_end() -> None:
    found = directory({1: CARD, 2: CARD, 3: CARD}, members={1: {2}, 2: {1, 3}})
    assert found.standing_for(1) == [3]
    assert directory({1: CARD, 2: CARD}, members={1: {2}, 2: {1}}).standing_for(1) == [1]


def test_an_abolished_member_is_left_out_and_a_group_of_none_falls_back() -> None:
    gone = UnitCard("vanha@mallila.example", "fi", valid_until=date(2026, 12, 17))
    assert directory({1: CARD, 2: gone, 3: CARD}, members={1: {2, 3}}).standing_for(1) == [3]
    assert directory({1: CARD, 2: gone}, members={1: {2}}).standing_for(1) == [1]


def test_the_successor_is_told_once_it_exists() -> None:
    units = {1: UnitCard("", "fi", successor=2), 2: UnitCard("", "fi", successor=3), 3: BARE}
    found = directory(units, managers={1: [PEKKA], 3: [MAIJA]})
    assert who(found.told(1)) == [("Maija", 3, Why.MANAGER)]
    later = units | {3: UnitCard("", "fi", valid_from=date(2027, 1, 1))}
    assert directory(later, directors=[LIISA]).standing_for(1) == [2]


@pytest.mark.parametrize(("last_day", "told"), [(DAY, 1), (DAY - timedelta(days=1), 2)])
def test_a_unit_is_told_itself_until_its_last_day_is_over(last_day: date, told: int) -> None:
    units = {1: UnitCard("", "fi", successor=2, valid_until=last_day), 2: BARE}
    assert Directory(DAY, units).standing_for(1) == [told]


def test_successors_in_a_ring_end() -> None:
    units = {1: UnitCard("", "fi", successor=2), 2: UnitCard("", "fi", successor=1)}
    assert directory(units).standing_for(1) == [2]


def test_a_unit_of_another_municipality_is_never_told() -> None:
    units = {1: UnitCard("eka@mallila.example", "fi", successor=77)}
    assert directory(units, members={1: {88}}).standing_for(1) == [1]


def test_a_substitute_is_told_instead_or_as_well() -> None:
    instead = {MAIJA.key: [Stand(TEPPO, both=False)]}
    (told,) = directory({1: CARD}, managers={1: [MAIJA]}, stands=instead).told(1)
    assert (told.receiver, told.why, told.absent) == (TEPPO, Why.SUBSTITUTE, "Maija")
    as_well = {MAIJA.key: [Stand(TEPPO, both=True)]}
    both = directory({1: CARD}, managers={1: [MAIJA]}, stands=as_well).told(1)
    assert who(both) == [("Maija", 1, Why.MANAGER), ("Teppo", 1, Why.SUBSTITUTE)]


def test_a_substitution_is_not_handed_on_and_a_ring_of_two_ends_with_the_other() -> None:
    chain = {MAIJA.key: [Stand(TEPPO, both=False)], TEPPO.key: [Stand(LIISA, both=False)]}
    assert who(directory({1: CARD}, managers={1: [MAIJA]}, stands=chain).told(1)) == [("Teppo", 1, Why.SUBSTITUTE)]
    ring = {MAIJA.key: [Stand(TEPPO, both=False)], TEPPO.key: [Stand(MAIJA, both=False)]}
    assert who(directory({1: CARD}, managers={1: [MAIJA]}, stands=ring).told(1)) == [("Teppo", 1, Why.SUBSTITUTE)]


def test_somebody_whose_account_is_closed_is_not_told_but_their_substitute_is() -> None:
    closed = Receiver("person:9", "Entinen", "entinen@mallila.example", "fi", 9, active=False)
    assert who(directory({1: CARD}, managers={1: [closed]}).told(1)) == [("yksikko@mallila.example", 1, Why.MAILBOX)]
    stands = {closed.key: [Stand(TEPPO, both=True)]}
    found = directory({1: CARD}, managers={1: [closed]}, stands=stands).told(1)
    assert who(found) == [("Teppo", 1, Why.SUBSTITUTE)]
