"""Answering a round in a real browser: by keyboard, in place, with drafts that outlive connection and session."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.rounds.test_answering import Several
from tests.web.browser import faults, open_all, settled, sign_in, visiting
from toimenpiteet import access
from toimenpiteet.models import Actor, AnswerDraft, Door, PeriodPlan, StatusReport
from toimenpiteet.services.plan import plans
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
COUNTED = """
window.clicks = 0;
addEventListener("pointerdown", () => { window.clicks += 1; }, true);
"""


@pytest.fixture
def world() -> Several:
    return Several(12)


@contextmanager
def answering(browser: Browser, live_server: LiveServer, world: Several, **options: object) -> Iterator[Page]:
    """Open the first page of the round's manager, where it is answered."""
    # Playwright neither sees nor holds back what goes through a service worker.
    with visiting(browser, live_server.url, service_workers="block", **options) as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        yield page


def row_in_hand(page: Page) -> str:
    """Return the id of the row that has the focus."""
    return str(page.evaluate("document.activeElement.closest('article')?.id ?? document.activeElement.id"))


def area(page: Page, world: Several, at: int = 0, name: str = "text") -> str:
    """Return the selector of a text of a plan's answer."""
    return f"#vastaus-{world.plans[at].pk}-{name}"


def words(page: Page, world: Several, at: int = 0) -> Locator:
    """Return the field of a plan's answer, in a row that is open."""
    if not page.locator(area(page, world, at)).is_visible():
        page.locator(f"#vastaus-{world.plans[at].pk}-sanoin-summary").click()
    return page.locator(area(page, world, at))


def test_twelve_plans_are_answered_in_words_without_a_page_load(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with answering(browser, live_server, world) as page:
        page.evaluate(COUNTED)
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        page.locator(f"#vastaus-{world.plans[0].pk} .lights input").first.click()
        for number, plan in enumerate(world.plans):
            lights = page.locator(f"#vastaus-{plan.pk} .lights input")
            expect(lights.first).to_be_focused()
            assert lights.locator(":scope:checked").count() == (number == 0), "no light is chosen for anybody"
            page.keyboard.press("ArrowDown" if number % 4 == 3 else "Space")
            page.keyboard.press("Tab")
            page.keyboard.type(f"Etenee {number}.")
            if number % 4 == 3:
                for words in ("Tarjouksia ei tullut.", "Uusi kilpailutus."):
                    page.keyboard.press("Tab")
                    page.keyboard.type(words)
            page.keyboard.press("Control+Enter")
            expect(page.locator("#live")).to_contain_text(f"Vastattu {number + 1}/12.")
        expect(page.locator("#kierros")).to_be_focused()
        expect(page.locator("#answered-head .count")).to_have_text("12")
        expect(page.locator("[data-group=unanswered]")).to_have_count(0)
        assert page.evaluate("window.clicks") <= 30
        assert loads == []
    said = StatusReport.objects.filter(round=world.round)
    assert {row.said for row in said} == {"updated"}
    assert sorted(row.light for row in said) == ["at_risk"] * 3 + ["on_track"] * 9
    assert not AnswerDraft.objects.exists()


def test_keys_move_on_from_a_plan_that_itself_was_sent_back(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    plan = world.plans[0]
    for person, move in (
        (world.manager, "start"),
        (world.manager, "propose_completion"),
        (world.director, "send_back"),
    ):
        scope, stamp = access.scope_of(person, make.TODAY), Actor.person(person, Door.PAGE)
        version = PeriodPlan.objects.get(pk=plan.pk).version
        plans.move(plan.pk, move, version=version, scope=scope, actor=stamp, comment="Kertokaa vielä.", now=make.NOW)
    with answering(browser, live_server, world) as page:
        expect(page.locator(f"#returned-rows #vastaus-{plan.pk}")).to_be_visible()
        page.locator(f"#vastaus-{plan.pk} input[value=on_track]").check()
        words(page, world).fill("Etenee.")
        words(page, world).press("Control+Enter")
        expect(page.locator("#live")).to_contain_text("Vastaus lähetettiin.")
        expect(page.locator(f"#vastaus-{world.plans[1].pk} .lights input").first).to_be_focused()


def test_sending_without_a_light_leads_to_the_lights(browser: Browser, live_server: LiveServer, world: Several) -> None:
    with answering(browser, live_server, world) as page:
        words(page, world).fill("Etenee.")
        words(page, world).press("Control+Enter")
        lights = page.locator(f"#vastaus-{world.plan.pk} .lights")
        expect(lights).to_have_attribute("aria-invalid", "true")
        expect(lights.locator("input").first).to_be_focused()
        assert page.input_value(area(page, world)) == "Etenee."
        assert faults(page) == []
        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#live")).to_contain_text("Vastattu 1/12.")
    assert world.of(world.plan).light == "on_track"


def test_why_it_cannot_be_assessed_is_asked_with_that_light_alone(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with answering(browser, live_server, world, viewport=PHONE) as page:
        asked = page.locator(area(page, world, name="unknown_because"))
        words(page, world)
        expect(asked).to_be_hidden()
        page.locator(f"#vastaus-{world.plan.pk} input[value=not_assessed]").check()
        words(page, world).fill("Kysely on keväällä.")
        words(page, world).press("Control+Enter")
        expect(asked).to_be_focused()
        assert faults(page) == []
        asked.select_option("figure_later")
        page.locator(area(page, world, name="known_on")).fill("2099-05-31")
        words(page, world).press("Control+Enter")
        expect(page.locator("#live")).to_contain_text("Vastattu 1/12.")
        expect(page.locator(f"#vastaus-{world.plan.pk} .unknown").first).to_contain_text("tiedetään 31.5.2099")
    assert world.of(world.plan).unknown_because == "figure_later"


def test_a_draft_saves_itself_and_outlives_a_minute_without_connection(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with answering(browser, live_server, world) as page:
        said = page.locator(f"{area(page, world)}").locator("xpath=..").locator(".draft-said")
        words(page, world).press_sequentially("Ensimmäinen")
        expect(said).to_contain_text("Luonnos tallennettu klo")
        assert AnswerDraft.objects.get().text == "Ensimmäinen"
        page.context.set_offline(True)
        words(page, world).fill("Ensimmäinen ja toinen")
        words(page, world).press("Tab")
        expect(said).to_contain_text("Ei yhteyttä: luonnosta ei ole tallennettu.")
        assert page.input_value(area(page, world)) == "Ensimmäinen ja toinen"
        page.context.set_offline(False)
        expect(said).to_contain_text("Luonnos tallennettu klo")
        assert AnswerDraft.objects.get().text == "Ensimmäinen ja toinen"
        assert "Ensimmäinen" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_a_draft_outlives_the_session(browser: Browser, live_server: LiveServer, world: Several) -> None:
    with answering(browser, live_server, world) as page:
        Session.objects.all().delete()
        words(page, world).press_sequentially("Kirjoitettu istunnon jälkeen")
        said = page.locator(f"#vastaus-{world.plan.pk}-luonnos")
        expect(said).to_contain_text("Istuntosi on päättynyt: luonnosta ei ole tallennettu.")
        # Pressing it leaves the field, which tries to save once more: the link must still be there when it is let go.
        said.get_by_role("link").hover()
        with page.expect_response("**/vastaukset/**"):
            page.mouse.down()
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        with page.context.expect_page() as opening:
            page.mouse.up()
        other = opening.value
        other.fill("input[name=login]", world.manager.email)
        other.fill("input[name=password]", make.PASSWORD)
        other.click("main button")
        other.wait_for_url("**/odottaa/")
        other.close()
        page.bring_to_front()
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(said).to_contain_text("Luonnos tallennettu klo")
        page.locator(f"#vastaus-{world.plan.pk} input[value=on_track]").check()
        words(page, world).press("Control+Enter")
        expect(page.locator("#live")).to_contain_text("Vastaus lähetettiin.")
    assert world.of(world.plan).text == "Kirjoitettu istunnon jälkeen"


def test_an_act_closes_nothing_that_was_open_and_loses_nothing_that_was_typed(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    steps = [make.step(plan, text_fi=f"Osatoimenpide {plan.pk}") for plan in world.plans[:2]]
    with answering(browser, live_server, world) as page:
        for plan in world.plans[:2]:
            page.locator(f"#plan-{plan.pk}-steps-summary").click()
            page.locator(f"#plan-{plan.pk}-steps .tick").wait_for()
        words(page, world, 1).fill("Kesken toisessa")
        words(page, world)
        page.locator(f"#naytto-{world.plans[0].pk}-summary").click()
        page.locator(f"#naytto-{world.plans[0].pk}-name").fill("Kesken näytössä")
        page.locator(f"#step-{steps[0].pk}-tick").click()
        expect(page.locator(f"#step-{steps[0].pk}-tick")).to_have_attribute("aria-pressed", "true")
        red = page.locator(f"#vastaus-{world.plans[0].pk} input[value=off_track]")
        red.check()
        words(page, world).fill("Seis")
        words(page, world).press("Control+Enter")
        expect(page.locator(area(page, world, 0, "cause"))).to_be_focused()
        expect(page.locator(f"#plan-{world.plans[0].pk}-more")).to_have_attribute("open", "")
        expect(page.locator(f"#plan-{world.plans[1].pk}-more")).to_have_attribute("open", "")
        assert page.input_value(area(page, world, 1)) == "Kesken toisessa"
        assert page.input_value(f"#naytto-{world.plans[0].pk}-name") == "Kesken näytössä"


def test_what_is_ready_is_sent_with_what_was_typed_last(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    world.begin(world.plans[0], Answer("on_track", "Valmis luonnos"))
    world.begin(world.plans[1], Answer("off_track", "Syy puuttuu"))
    with answering(browser, live_server, world) as page:
        words(page, world).fill("Viime hetken sanat")
        page.locator("#laheta-valmiit").click()
        expect(page.locator("#live")).to_contain_text("1 vastaus lähetettiin. Vastattu 1/12.")
        expect(page.locator(".unsent li")).to_have_count(1)
        expect(page.locator(f"#answered-rows #vastaus-{world.plan.pk}")).to_have_count(1)
    assert world.of(world.plan).text == "Viime hetken sanat"


def test_a_contributor_keeps_a_draft_by_its_button_and_the_row_stays(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.contributor)
        page.goto(world.address)
        words(page, world).fill("Aloitettu")
        expect(page.locator(f"#vastaus-{world.plan.pk}-luonnos")).to_contain_text("Luonnos tallennettu klo")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(f"#vastaus-{world.plan.pk} button[value=draft]").click()
        settled(page)
        expect(page.locator("article.answer")).to_have_count(12)
        expect(page.locator(".round-head")).to_have_count(1)
        assert page.input_value(area(page, world)) == "Aloitettu"


def held(page: Page, act: str) -> list[Route]:
    """Hold back the first that is posted with an act until somebody lets it go on; return where it will wait."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if act in (route.request.post_data or "") and not waiting:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/vastaukset/*/", hold)
    return waiting


def test_what_was_pressed_is_sent_though_one_goes_on_while_the_draft_is_saved(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    world.begin(world.plan, Answer("on_track"))
    with answering(browser, live_server, world) as page:
        drafts = held(page, "draft")
        with page.expect_request(lambda request: request.method == "POST"):
            words(page, world).fill("Etenee")
        page.locator(f"#vastaus-{world.plan.pk} button[value=send]").click()
        words(page, world, 1).click()
        drafts[0].continue_()
        expect(page.locator("#live")).to_contain_text("Vastaus lähetettiin.")
    assert world.of(world.plan).text == "Etenee"


def test_who_writes_on_in_the_next_row_keeps_the_focus_when_the_answer_is_sent(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    world.begin(world.plan, Answer("on_track"))
    with answering(browser, live_server, world) as page:
        sent = held(page, "send")
        words(page, world).fill("Etenee")
        with page.expect_request(lambda request: "send" in (request.post_data or "")):
            page.locator(f"#vastaus-{world.plan.pk} button[value=send]").click()
        words(page, world, 2).press_sequentially("Kolmas")
        sent[0].continue_()
        expect(page.locator("#live")).to_contain_text("Vastaus lähetettiin.")
        settled(page)
        page.keyboard.type(" etenee")
        expect(page.locator(area(page, world, 2))).to_have_value("Kolmas etenee")
        expect(page.locator(area(page, world, 2))).to_be_focused()


def test_typing_replaces_the_last_rounds_words_and_goes_on_with_a_draft(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    world.said_in(2020, "updated", "on_track")
    world.begin(world.plans[1], Answer("on_track", "Luonnos"))
    with answering(browser, live_server, world) as page:
        for at, whole in ((0, "jatko"), (1, "Luonnos jatko")):
            words(page, world, at).focus()
            if at:
                page.keyboard.press("End")
            page.keyboard.type(" jatko" if at else "jatko")
            expect(page.locator(area(page, world, at))).to_have_value(whole)
            expect(page.locator(f"#vastaus-{world.plans[at].pk} [value=discard]")).to_be_visible()
            words(page, world, (at + 1) % 2).focus()
            words(page, world, at).focus()
            selected = page.evaluate("document.activeElement.selectionEnd - document.activeElement.selectionStart")
            assert selected == 0
        expect(page.locator(f"#vastaus-{world.plans[2].pk} [value=discard]")).to_be_hidden()


def test_a_row_is_one_line_until_its_words_are_opened(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    rows = [f"#vastaus-{plan.pk}" for plan in world.plans[:4]]
    with answering(browser, live_server, world) as page:
        heights = [box["height"] for row in rows if (box := page.locator(row).bounding_box())]
        assert max(heights) <= 150
        assert len(heights) == 4
        for at in range(4):
            expect(page.locator(area(page, world, at))).to_be_hidden()
            expect(page.locator(f"{rows[at]} button[value=send]")).to_be_hidden()
        page.goto(f"/odottaa/{rows[3]}")
        page.reload()
        expect(page.locator(area(page, world, 3))).to_be_visible()
        page.locator(f"{rows[0]}-sanoin-summary").press("Enter")
        expect(page.locator(f"{rows[0]} .lights input").first).to_be_focused()
        page.locator(f"{rows[1]} input[value=at_risk]").check()
        page.locator(f"{rows[2]} .lights input").first.press("Control+Enter")
        page.locator(f"{rows[3]} h3 a").click()
        page.go_back()
        for at in range(4):
            expect(page.locator(area(page, world, at))).to_be_visible()
            expect(page.locator(f"{rows[at]} button[value=send]")).to_be_visible()


def test_on_a_phone_the_first_act_is_in_sight_and_nothing_is_at_fault(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    world.said(world.plans[3])
    world.begin(world.plans[2], Answer("at_risk", "Kesken"))
    row = world.of(world.plans[3])
    answers.give_back(row.pk, "Montako osallistui?", **world.by(world.director, row.version))
    world.said(world.plans[4])
    with answering(browser, live_server, world, viewport=PHONE) as page:
        box = page.locator(".answer-typed > summary").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < PHONE["height"]
        open_all(page)
        assert faults(page) == []


def test_on_a_wide_page_nothing_is_at_fault(browser: Browser, live_server: LiveServer, world: Several) -> None:
    world.begin(world.plans[2], Answer("at_risk", "Kesken"))
    world.said(world.plans[4])
    with answering(browser, live_server, world) as page:
        open_all(page)
        assert faults(page) == []


BEFORE = """
(first) => {
  const act = document.querySelector(first);
  const earlier = (thing) => act.compareDocumentPosition(thing) & Node.DOCUMENT_POSITION_PRECEDING;
  const stops = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
    .filter((thing) => thing.checkVisibility() && earlier(thing));
  const range = document.createRange();
  range.setStart(document.body, 0);
  range.setEndBefore(act);
  const shown = [];
  const walk = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!range.intersectsNode(walk.currentNode) || at.closest(".visually-hidden, .skip, script")) continue;
    if (at.checkVisibility())
      shown.push(...walk.currentNode.data.match(/[\\p{L}\\p{N}]+/gu) ?? []);
  }
  return [stops.length, shown.length];
}
"""


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desk", "phone"])
def test_the_first_thing_to_do_comes_soon(
    browser: Browser, live_server: LiveServer, world: Several, viewport: dict[str, int]
) -> None:
    with answering(browser, live_server, world, viewport=viewport) as page:
        stops, read = page.evaluate(BEFORE, f"#vastaus-{world.plans[0].pk} .lights input")
        assert stops <= 20
        assert read <= 60
