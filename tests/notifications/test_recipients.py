"""Who is told: routing, without a database."""

import hashlib
from datetime import date, timedelta

import pytest

from notifications.recipients import Directory, Receiver, Told, UnitCard, Why

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


def test_a_substitute_and_whom_they_stand_in_for_are_both_told() -> None:
    both = directory({1: CARD}, managers={1: [MAIJA]}, stands={MAIJA.key: [TEPPO]}).told(1)
    assert who(both) == [("Maija", 1, Why.MANAGER), ("Teppo", 1, Why.SUBSTITUTE)]
    assert both[1].absent == "Maija"


def test_a_substitution_is_not_handed_on_and_a_ring_of_two_ends() -> None:
    chain = {MAIJA.key: [TEPPO], TEPPO.key: [LIISA]}
    two = [("Maija", 1, Why.MANAGER), ("Teppo", 1, Why.SUBSTITUTE)]
    assert who(directory({1: CARD}, managers={1: [MAIJA]}, stands=chain).told(1)) == two
    ring = {MAIJA.key: [TEPPO], TEPPO.key: [MAIJA]}
    assert who(directory({1: CARD}, managers={1: [MAIJA]}, stands=ring).told(1)) == two


def test_somebody_whose_account_is_closed_is_not_told_but_their_substitute_is() -> None:
    closed = Receiver("person:9", "Entinen", "entinen@mallila.example", "fi", 9, active=False)
    assert who(directory({1: CARD}, managers={1: [closed]}).told(1)) == [("yksikko@mallila.example", 1, Why.MAILBOX)]
    found = directory({1: CARD}, managers={1: [closed]}, stands={closed.key: [TEPPO]}).told(1)
    assert who(found) == [("Teppo", 1, Why.SUBSTITUTE)]


@pytest.mark.parametrize(
    ("bounced", "told"),
    [
        ([], ("Maija", Why.MANAGER)),
        (["maija@mallila.example"], ("yksikko@mallila.example", Why.MAILBOX)),
        (["maija@mallila.example", "yksikko@mallila.example"], ("Teppo", Why.ABOVE)),
        (["maija@mallila.example", "yksikko@mallila.example", "teppo@mallila.example"], ("Pekka", Why.ABOVE)),
        ([f"{one.address}" for one in (MAIJA, TEPPO, PEKKA)] + ["yksikko@mallila.example"], ("Liisa", Why.DIRECTOR)),
    ],
)
def test_whose_address_takes_no_mail_is_passed_over_for_the_next_in_line(
    bounced: list[str], told: tuple[str, Why]
) -> None:
    units = {1: UnitCard(CARD.address, "sv", above=2), 2: UnitCard("", "fi", above=3), 3: UnitCard("", "fi", above=1)}
    managers = {1: [MAIJA], 2: [TEPPO], 3: [PEKKA]}
    found = directory(units, managers=managers, directors=[LIISA], bounced=frozenset(bounced)).told(1)
    assert [(name, why) for name, _unit, why in who(found)] == [told]


def test_above_is_told_instead_of_the_unit() -> None:
    units = {1: UnitCard(CARD.address, "sv", above=2), 2: BARE}
    assert who(directory(units, managers={1: [MAIJA], 2: [TEPPO]}).told(1, above=True)) == [("Teppo", 1, Why.ABOVE)]
    alone = directory({1: CARD}, managers={1: [MAIJA]}, directors=[LIISA])
    assert who(alone.told(1, above=True)) == [("Liisa", 1, Why.DIRECTOR)]
