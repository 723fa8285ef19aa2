"""Each kind of mail can be looked at, in each language."""

import re

import pytest
from django.urls import resolve

from notifications import kinds
from toimenpiteet.services.people.letters import LetterKind

from .build import RoundWorld
from .test_holding import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("kind", sorted(kinds.BY_NAME))
def test_each_kind_is_shown_in_each_language(kind: str, language: str) -> None:
    client = client_of(RoundWorld().director)
    page = client.get(f"/muistutukset/mallit/{kind}/{language}.html")
    assert f'<html lang="{language}">' in page.content.decode()
    assert "script" not in page["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    text = client.get(f"/muistutukset/mallit/{kind}/{language}.txt").content.decode()
    assert text.count("\n* ") >= 1
    assert len(text.split()) < 150


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("kind", LetterKind)
def test_each_mail_about_an_account_is_shown_without_a_link_that_opens_anything(kind: str, language: str) -> None:
    client = client_of(RoundWorld().director)
    assert f"mallit/{kind}/{language}.html" in client.get("/muistutukset/mallit/").content.decode()
    page, text = (
        client.get(f"/muistutukset/mallit/{kind}/{language}.{form}").content.decode() for form in ("html", "txt")
    )
    hello = {"fi": "Hei", "sv": "Hej", "en": "Hello"}[language]
    assert hello in page
    assert hello in text
    assert ("<html" in page) == (kind == LetterKind.INVITATION)
    assert re.findall(r"https?://\S+", text) == [] or "…" in text


def test_they_are_for_those_who_read_mails_and_there_are_no_others() -> None:
    world = RoundWorld()
    assert client_of(world.manager).get("/muistutukset/mallit/").status_code == 403
    assert client_of(world.manager).get("/muistutukset/mallit/weekly/fi.html").status_code == 404
    director = client_of(world.director)
    assert "mallit/weekly/sv.html" in director.get("/muistutukset/mallit/").content.decode()
    for address in ("nosuch/fi.html", "weekly/xx.html"):
        assert director.get(f"/muistutukset/mallit/{address}").status_code == 404


def test_what_a_mail_leads_to_is_there() -> None:
    client = client_of(RoundWorld().director)
    for kind in kinds.BY_NAME:
        page = client.get(f"/muistutukset/mallit/{kind}/fi.html").content.decode()
        for path in set(re.findall(r'href="http://localhost:8000([^"?#]*)', page)):
            resolve(path or "/")
