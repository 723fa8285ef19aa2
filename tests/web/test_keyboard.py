"""The whole jobs of the roles by keyboard alone: no click, and no focus that the person did not move.

Each stop on the way is looked at: something has the focus, it is drawn, and it is neither out of sight nor covered.
"""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.plan.test_moves import move, signed_in, status
from tests.web.browser import settled, visiting
from toimenpiteet.models import Comment, PeriodPlan, StatusChange, Step, Unit, User
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role, Status

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FAR = 120
"""More presses of Tab than this to one thing would be a fault in itself."""

# WCAG 2.4.7 and 2.4.11: what has the focus shows it, and no part of the page lies over the whole of it.
HIDDEN_FOCUS = """
() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "nothing has the focus";
  const style = getComputedStyle(here);
  const drawn = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  if (!drawn) return `not drawn: ${here.outerHTML.slice(0, 120)}`;
  const points = [...here.getClientRects()].flatMap((box) => [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9]
    .map((y) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y))));
  const parts = [here, ...here.labels ?? []];
  const seen = points.some((hit) => hit && parts.some((part) => part.contains(hit)));
  return seen ? "" : `hidden: ${here.outerHTML.slice(0, 120)}`;
}
"""


@pytest.fixture
def world() -> make.World:
    world = make.World()
    for number in range(3):
        item = make.action_item(world.goal, world.unit, name_fi=f"Myöhästynyt asia {number}")
        make.plan(item, world.earlier)
    make.step(world.plan, text_fi="Kysely asiakkaille")
    return world


def focus_is_seen(page: Page) -> None:
    assert page.evaluate(HIDDEN_FOCUS) == ""


def go_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the thing has the focus; every stop on the way is seen."""
    for _press in range(FAR):
        page.keyboard.press(key)
        focus_is_seen(page)
        if wanted.count() and wanted.evaluate("thing => thing === document.activeElement"):
            return
    pytest.fail(f"{wanted} was not reached")


def use(page: Page, wanted: Locator, key: str = "Enter", way: str = "Tab") -> None:
    go_to(page, wanted, way)
    page.keyboard.press(key)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def sign_in(page: Page, person: User) -> None:
    page.goto("/tunnus/kirjaudu/")
    go_to(page, page.locator("input[name=login]"))
    page.keyboard.type(person.email)
    go_to(page, page.locator("input[name=password]"))
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/odottaa/")


def sign_out(page: Page) -> None:
    use(page, page.get_by_role("banner").get_by_role("button", name="Kirjaudu ulos"), way="Shift+Tab")
    page.get_by_role("link", name="Kirjaudu sisään").first.wait_for()


def from_menu(page: Page, link: str) -> None:
    """Open the folded menu of a narrow page, and follow one of its links or press one of its buttons."""
    use(page, page.locator(".menu-button"), way="Shift+Tab")
    use(page, page.locator(f"#masthead {link}"))


def sign_out_from_menu(page: Page) -> None:
    from_menu(page, "form[data-signs-out] button")
    page.locator("a[href='/tunnus/kirjaudu/']").first.wait_for()


def write(page: Page, name: str, text: str) -> None:
    go_to(page, page.locator(f"main [name={name}]"))
    page.keyboard.type(text)


def updated(page: Page, words: str) -> None:
    """Wait for what a partial update says; then the focus is on something that is seen."""
    expect(page.locator("#live")).to_contain_text(words)
    settled(page)
    focus_is_seen(page)


def test_a_manager_does_the_whole_job_by_keyboard(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        use(page, page.locator(".skip"))
        assert page.evaluate("document.activeElement.id") == "main"

        group = page.locator("details.group:not([open])").first
        group_id = group.get_attribute("id")
        use(page, group.locator("> summary"))
        expect(page.locator(f"#{group_id}")).to_have_attribute("open", "")

        card = page.locator(f"#plan-{world.plan.pk}")
        use(page, card.get_by_role("button", name="Aloita"), key="Space")
        updated(page, "käynnissä")
        assert card.evaluate("card => card.contains(document.activeElement)")

        use(page, page.locator(f"#plan-{world.plan.pk}-steps-summary"))
        tick = card.get_by_role("button", name="Kysely asiakkaille")
        tick.wait_for()
        settled(page)
        use(page, tick, key="Space")
        card.locator("button[aria-pressed=true]").wait_for()
        focus_is_seen(page)
        assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"

        use(page, page.locator(f"#plan-{world.plan.pk}-propose_completion-summary"), way="Shift+Tab")
        go_to(page, page.locator(f"#plan-{world.plan.pk}-propose_completion-comment"))
        page.keyboard.type("Tiekartta on valmis")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        updated(page, "odottaa hyväksyntää")
        assert status(world.plan) == Status.AWAITING_APPROVAL

        use(page, page.locator("[id$=undo]"))
        updated(page, "käynnissä")
        assert status(world.plan) == Status.IN_PROGRESS
        assert page.locator("[id$=undo]").count() == 0

        use(page, card.get_by_role("heading").get_by_role("link"), way="Shift+Tab")
        page.wait_for_url(f"**/toimenpiteet/{world.item.pk}/")
        use(page, page.locator(f"#plan-{world.plan.pk}-add-open"))
        expect(page.locator("textarea[name=text_fi]")).to_be_focused()
        focus_is_seen(page)
        page.keyboard.type("Koulutus esimiehille")
        use(page, button(page, "Tallenna"))
        page.locator(".step", has_text="Koulutus esimiehille").wait_for()
        updated(page, "lisättiin")
        sign_out(page)
    assert list(Step.objects.order_by("pk").values_list("text_fi", "done")) == [
        ("Kysely asiakkaille", True),
        ("Koulutus esimiehille", False),
    ]


def test_a_director_does_the_whole_job_by_keyboard(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    ready = [propose(world, name) for name in ("Verkkokauppa", "Koulujen verkko")]
    comment = Comment(plan=world.plan, text="Hyvin etenee", at=make.NOW, author_name=make.name("Maija Mallikas"))
    audited.add(comment, make.stamp())
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.director)
        use(page, page.locator(f"#plan-{ready[0].pk}-approve"))
        updated(page, "valmis")

        use(page, page.locator(f"#plan-{ready[1].pk}-send_back-summary"))
        go_to(page, page.locator(f"#plan-{ready[1].pk}-send_back-comment"))
        page.keyboard.type("Kuka vastaa ylläpidosta?")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        updated(page, "käynnissä")

        mark = button(page, "Merkitse nähdyksi")
        if mark.count():
            use(page, mark)
            page.wait_for_url("**/odottaa/**")
            expect(mark).to_have_count(0)

        use(page, page.get_by_role("navigation").get_by_role("link", name="Myöhässä").first, way="Shift+Tab")
        page.wait_for_url("**/myohassa/")
        use(page, page.locator("a.sort", has_text="Toimenpide").first)
        page.wait_for_url("**sort=**")
        # A sorted list has the focus on the line above its rows; the columns are chosen above that line.
        use(page, page.locator(".list-columns > summary"), way="Shift+Tab")
        column = page.locator("input[name=columns]:not(:checked)[type=checkbox]").first
        use(page, column, key="Space")
        use(page, button(page, "Näytä"))
        page.wait_for_url("**columns=**")

        boxes = page.locator("input[form=bulk]")
        use(page, boxes.nth(0), key="Space")
        use(page, boxes.nth(1), key="Shift+Space")
        assert page.locator("input[form=bulk]:checked").count() == 2
        go_to(page, page.locator("#bulk-name"))
        page.keyboard.type("Luovu")
        go_to(page, page.locator("#bulk-comment"))
        page.keyboard.type("Rahoitus päättyi")
        use(page, page.locator("#bulk-send"))
        expect(page.locator("#live")).to_contain_text("2 toimenpiteen tila on nyt")
        sign_out(page)
    assert [status(plan) for plan in ready] == [Status.COMPLETED, Status.IN_PROGRESS]
    assert PeriodPlan.objects.filter(status=Status.DISCONTINUED).count() == 2
    assert StatusChange.objects.filter(comment="Kuka vastaa ylläpidosta?").count() == 1


def propose(world: make.World, name: str) -> PeriodPlan:
    """Make a plan that awaits approval."""
    plan = make.plan(make.action_item(world.goal, world.unit, name_fi=name), world.period)
    manager = signed_in(world.manager)
    for version, verb in enumerate(("start", "propose_completion"), plan.version):
        assert move(manager, plan, verb, "Valmista on", version=version).status_code == 303
    return plan


PHONE = {"viewport": {"width": 390, "height": 800}}


def test_an_administrator_does_the_whole_job_by_keyboard_in_swedish_on_a_narrow_page(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    admin = make.official(world.municipality, Role.ADMIN, user=make.user("Åsa Admin", language="sv"))
    with visiting(browser, live_server.url, **PHONE) as page:
        sign_in(page, admin)
        from_menu(page, "a[href='/yllapito/']")
        page.wait_for_url("**/yllapito/")
        use(page, page.locator("main a[href='/yllapito/henkilot/']"))
        page.wait_for_url("**/henkilot/")
        use(page, page.get_by_role("link", name="Bjud in en person"))
        page.wait_for_url("**/kutsu/")
        write(page, "email", "ny@mallila.example")
        write(page, "name", "Nils Ny")
        go_to(page, page.locator("main [name=unit]"))
        page.keyboard.press("ArrowDown")
        write(page, "reason", "Ny i enheten")
        use(page, page.get_by_role("button", name="Skicka inbjudan"))
        page.get_by_role("heading", name="Nils Ny").wait_for()
        use(page, page.get_by_role("link", name="Stäng kontot"))
        page.wait_for_url("**/sulje/")
        write(page, "reason", "Blev inte av")
        use(page, page.get_by_role("button", name="Stäng kontot"))
        expect(page.locator("#live")).to_contain_text("roller har avslutats")

        from_menu(page, "a[href='/yllapito/']")
        page.wait_for_url("**/yllapito/")
        use(page, page.locator(f"main a[href='/yllapito/vastuutaho/jarjestys/{world.municipality.pk}/']"))
        page.wait_for_url("**/jarjestys/**")
        use(page, page.locator(f"main a[href='/yllapito/vastuutaho/{world.unit.pk}/']"))
        page.wait_for_url(f"**/vastuutaho/{world.unit.pk}/")
        go_to(page, page.locator("main [name=name_fi]"))
        page.keyboard.press("Control+A")
        page.keyboard.type("Tietopalvelut")
        use(page, button(page, "Spara"))
        expect(page.locator(".refusal[role=alert]")).to_be_focused()
        write(page, "reason", "Rätt namn")
        use(page, button(page, "Spara"))
        expect(page.locator("#live")).to_contain_text("Sparades: ”Tietopalvelut”.")
        sign_out_from_menu(page)
    assert not User.objects.get(email="ny@mallila.example").is_active
    assert Unit.objects.values_list("name_fi", flat=True).get() == "Tietopalvelut"


def test_a_contributor_does_the_whole_job_by_keyboard_in_swedish_on_a_narrow_page(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    person = make.member(world.unit, Role.CONTRIBUTOR, user=make.user("Olle Osaaja", language="sv"))
    with visiting(browser, live_server.url, **PHONE) as page:
        sign_in(page, person)
        use(page, page.locator("details.group:not([open]) > summary").first)
        use(page, page.locator(f"#plan-{world.plan.pk}-steps-summary"))
        tick = page.get_by_role("button", name="Kysely asiakkaille")
        tick.wait_for()
        use(page, tick, key="Space")
        updated(page, "gjord")
        use(page, page.locator("[id$=undo]"), way="Shift+Tab")
        page.locator("button[aria-pressed=false]").wait_for()
        settled(page)
        focus_is_seen(page)
        use(page, page.locator(f"#plan-{world.plan.pk}").get_by_role("heading").get_by_role("link"), way="Shift+Tab")
        page.wait_for_url(f"**/toimenpiteet/{world.item.pk}/")
        write(page, "comment", "Enkäten är snart klar")
        use(page, page.locator(f"form:has(#comment-{world.plan.pk}) button"))
        expect(page.locator("#live")).to_contain_text("Din kommentar sparades")
        sign_out_from_menu(page)
    assert Comment.objects.get().text == "Enkäten är snart klar"
