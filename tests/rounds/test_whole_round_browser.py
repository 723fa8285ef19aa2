"""A whole round on the bundled plan of Kuopio in a real browser, from its opening to the published report.

Each person does their part on the pages alone; only the files of the report are made here, as the worker makes them.
"""

import re

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.rounds.driving import Drive, Row
from tests.rounds.kuopio import Kuopio
from tests.test_files import PDF
from toimenpiteet.answers import NotUnchanged
from toimenpiteet.calendar import local_day
from toimenpiteet.exchange.report.files import FORMS, keep_owed
from toimenpiteet.labels import NOT_UNCHANGED
from toimenpiteet.models import Door, PeriodPlan, ReportingRound, StatusReport

pytestmark = [
    pytest.mark.needs_chromium,
    pytest.mark.browser,
    pytest.mark.soak,
    pytest.mark.django_db(transaction=True),
]
RETURNED = "Montako asukasta tämä koskee?"
BEGINS = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04"}
LINK = "https://kuopio.example/tietokatsaus"
GROUNDS = "Palvelut ovat verkossa, osa hankinnoista siirtyi."
CORRECTED = "Työ alkoi uudestaan."
REGISTER = "KUO 4711/00.01.02/2026"


@pytest.fixture
def city() -> Kuopio:
    return Kuopio(local_day(timezone.now()))


@pytest.fixture(params=[("fi", 1280), ("sv", 1280), ("fi", 390), ("sv", 390)], ids=lambda one: f"{one[0]}-{one[1]}")
def drive(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, city: Kuopio) -> "WholeRound":
    language, width = request.param
    return WholeRound(browser, live_server.url, city, language, width)


def test_a_round_from_its_opening_to_the_published_report(drive: "WholeRound") -> None:
    drive.open_the_round()
    drive.begin_a_draft()
    drive.answer()
    drive.propose_a_change()
    drive.review()
    drive.decide_the_change()
    drive.answer_anew()
    drive.assess_a_goal()
    drive.lock()
    drive.report()
    drive.publish()
    drive.read_in_public()
    drive.let_correct()
    drive.correct()
    drive.see_both_values()


class WholeRound(Drive):
    """What each person does in the round, in turn."""

    @property
    def row(self) -> ReportingRound:
        """Return the round as it is now."""
        return ReportingRound.objects.get(pk=self.city.asked.pk)

    def said(self, plan: PeriodPlan) -> StatusReport:
        """Return the answer of a plan as it is now."""
        return StatusReport.objects.get(round=self.city.asked, plan=plan)

    # The round opens

    def open_the_round(self) -> None:
        """Let the director open the round from the page of the strategy, before its day."""
        with self.visit("director") as page:
            self.look(page)
            page.goto(f"/strategiat/{self.city.strategy.pk}/")
            self.press(page, "All days of the rounds, and their rules")
            self.look(page)
            page.locator(f"#kierros-{self.city.asked.pk} a[href$='/siirto/open/']").click()
            self.move(page, "Open the round", "Valtuusto käsittelee asian tavallista aiemmin.")
            expect(page.locator("#silent")).to_be_visible()
        assert self.row.status == "open"

    def move(self, page: Page, name: str, reason: str) -> None:
        """Say why the round moves on, and let it; both pages are looked at."""
        self.look(page)
        page.fill("#id_reason", reason)
        self.press(page, name)
        self.hears(page, "Done: “%(name)s” is now “%(status)s”.")
        self.look(page)

    # Answers

    def begin_a_draft(self) -> None:
        """Let a contributor begin an answer, which is no answer yet."""
        with self.visit("contributor") as page:
            self.answers_page(page)
            row = Row(self, page, self.city.plans[0])
            expect(page.locator("button[value=send]")).to_have_count(0)
            row.write("on_track", "Tiekartta on valmis ja käytössä.")
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.click(f"{row.place} button[value=draft]")
            expect(page.locator(f"{row.place} .draft-said")).to_contain_text(self.words("Draft saved %(at)s", at=""))
            expect(page.locator(f"{row.place} .state-draft")).to_be_visible()
            self.look(page)
        assert self.said(self.city.plans[0]).said == "nothing"

    def answer(self) -> None:
        """Let the manager answer: every light, unchanged, with evidence, all drafts at once, and once more."""
        green, amber, red = (self.city.lit(light)[1] for light in ("on_track", "at_risk", "off_track"))
        with self.visit("manager") as page:
            self.answers_page(page)
            self.prove(page, green)
            Row(self, page, green).send("on_track", "Tieto löytyy nyt yhdestä paikasta.")
            Row(self, page, amber).send(
                "at_risk", "Puolet on tehty.", "Tekijöitä on vähän.", "Haetaan lisää tekijöitä."
            )
            Row(self, page, red).send("off_track", "Työ on seis.", "Rahaa ei tullut.", "Esitetään talousarvioon.")
            self.say_no_change(page)
            self.send_drafts(page)
            self.withdraw_and_send_again(page, green)
            self.look(page)
        assert [self.said(plan).light for plan in (green, amber, red)] == ["on_track", "at_risk", "off_track"]

    def prove(self, page: Page, plan: PeriodPlan) -> None:
        """Put a public link and an internal file beside an answer."""
        Row(self, page, plan).open()
        page.click(f"#naytto-{plan.pk}-summary")
        place = f"#naytto-{plan.pk}"
        page.fill(f"{place}-name", "Tietokatsaus")
        page.fill(f"{place}-url", LINK)
        page.check(f"{place}-public")
        page.click(f"{place}-lisaa")
        expect(page.locator(f"{place} a[href='{LINK}']")).to_be_visible()
        page.fill(f"{place}-name", "Muistio")
        page.set_input_files(f"{place}-file", {"name": "muistio.pdf", "mimeType": "application/pdf", "buffer": PDF})
        page.click(f"{place}-lisaa")
        expect(page.locator(f"{place} .kept-rows > li")).to_have_count(2)

    def say_no_change(self, page: Page) -> None:
        """Say *no change* where it is offered; where it is not, read why, and say how it stands."""
        calm, bad = self.city.lit("on_track")[2], self.city.lit("off_track")[0]
        expect(page.locator(f"{Row(self, page, bad).place} button[value=unchanged]")).to_have_count(0)
        with override(self.language):
            expect(page.locator(Row(self, page, bad).place)).to_contain_text(str(NOT_UNCHANGED[NotUnchanged.LIGHT]))
        Row(self, page, calm).act("unchanged", "Sent: no change since the last answer.")
        assert self.said(calm).said == "unchanged"
        # What the last answer said of a cause is hidden with the light that asked for it, and not sent along.
        Row(self, page, bad).send("on_track", "Kilpailutus onnistui.")
        assert (self.said(bad).light, self.said(bad).cause) == ("on_track", "")

    def send_drafts(self, page: Page) -> None:
        """Send what the contributor began together with a draft of one's own."""
        begun, own = self.city.plans[0], self.city.lit("on_track")[3]
        expect(page.locator(Row(self, page, begun).place)).to_contain_text(self.city.people["contributor"].name)
        Row(self, page, own).write("on_track", "Koulutukset on pidetty.")
        page.click("#laheta-valmiit")
        expect(page.locator(f"#answered-rows #vastaus-{begun.pk}")).to_be_visible()
        expect(page.locator(f"#answered-rows #vastaus-{own.pk}")).to_be_visible()
        assert [self.said(plan).said for plan in (begun, own)] == ["updated", "updated"]

    def withdraw_and_send_again(self, page: Page, plan: PeriodPlan) -> None:
        """Withdraw an answer, whose words are a draft then, and send it anew."""
        row = Row(self, page, plan)
        row.unfold()
        row.act("withdraw", "The answer was withdrawn. Its words are your draft.")
        assert self.said(plan).said == "nothing"
        expect(page.locator(f"{row.place}-text")).to_have_value("Tieto löytyy nyt yhdestä paikasta.")
        row.act("send", "The answer was sent.")

    # A change of the plan

    def propose_a_change(self) -> None:
        """Let the manager propose another due date from the row of the amber answer."""
        plan = self.city.lit("at_risk")[1]
        with self.visit("manager") as page:
            page.goto(f"/kierrokset/{self.city.asked.pk}/vastaukset/")
            Row(self, page, plan).unfold()
            page.click(f"#vastaus-{plan.pk} a[href*='/muutos/']")
            self.look(page)
            page.check("input[name=kind][value=due]")
            page.fill("#id_due_on", self.city.in_days(200))
            page.fill("#id_cause", "Ylläpitosopimus päättyy aiemmin.")
            page.fill("#id_effect", "Työ tehdään etuajassa.")
            self.press(page, "Propose the change")
            self.hears(page, "A change to “%(name)s” was proposed. The strategy director sees it first.")
            self.look(page)

    def decide_the_change(self) -> None:
        """Let the director refer the change to a body, then write down what the body decided."""
        with self.visit("director") as page:
            self.look(page)
            self.press(page, "Decide")
            self.look(page)
            page.click("main details.more > summary")
            page.fill("#id_body", "Kaupunginhallitus")
            self.press(page, "Mark as awaiting the body's decision")
            expect(page.locator(".change-needs_body")).to_be_visible()
            self.press(page, "Decide")
            self.write_decision(page)
        plan = PeriodPlan.objects.get(pk=self.city.lit("at_risk")[1].pk)
        assert str(plan.due_on) == self.city.in_days(200)

    def write_decision(self, page: Page) -> None:
        """Write down a body's decision, and carry it out."""
        self.look(page)
        page.fill("#id_words", "Hallitus hyväksyi uuden määräajan.")
        page.fill("#id_body_on", self.city.in_days(0))
        page.fill("#id_section", "128")
        page.fill("#id_register_number", REGISTER)
        self.press(page, "Accept and carry out")
        expect(page.locator("#live .toast")).to_be_visible()
        self.look(page)

    # The review

    def review(self) -> None:
        """Let the director accept by key, return with words, and accept at once what is green and unchanged."""
        red, amber = self.city.lit("off_track")[1], self.city.lit("at_risk")[1]
        with self.visit("director") as page:
            page.click(f"[aria-labelledby=katselmus-{self.city.asked.pk}] a.button")
            self.look(page)
            page.keyboard.press("n")
            page.keyboard.press("a")
            self.hears(page, "The answer was accepted: “%(name)s”.")
            self.look(page)
            self.give_back(page)
            page.locator("form[action$='/muuttumattomat/'] button").click()
            expect(page.locator("form[action$='/muuttumattomat/']")).to_have_count(0)
            self.look(page)
        states = [self.said(plan).review for plan in (red, amber, self.city.lit("on_track")[2])]
        assert states == ["accepted", "returned", "accepted"]

    def give_back(self, page: Page) -> None:
        """Return the answer in hand by keys alone."""
        page.keyboard.press("r")
        expect(page.locator("[data-review] > .answer textarea").first).to_be_focused()
        page.keyboard.type(RETURNED)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        self.hears(page, "The answer was returned: “%(name)s”. The manager sees your words first.")

    def answer_anew(self) -> None:
        """Let the manager find what was returned first, with the director's words, and answer it anew."""
        plan = self.city.lit("at_risk")[1]
        with self.visit("manager") as page:
            self.answers_page(page)
            first = page.locator("article.answer").first
            expect(first).to_have_id(f"vastaus-{plan.pk}")
            expect(first.locator(".returned")).to_contain_text(RETURNED)
            Row(self, page, plan).write("at_risk", "Puolet on tehty; se koskee 40 000 asukasta.")
            Row(self, page, plan).act("send", "The answer was sent.")
            expect(page.locator("#returned-head .count")).to_have_text("0")
        assert (self.said(plan).said, self.said(plan).review) == ("updated", "none")

    def assess_a_goal(self) -> None:
        """Let the director say what becomes of a goal."""
        with self.visit("director") as page:
            self.review_page(page)
            self.press(page, "Goals of the round")
            self.look(page)
            page.locator("tbody th a").first.click()
            self.look(page)
            page.check("input[name=outcome][value=partly]")
            page.fill("#id_grounds", GROUNDS)
            page.locator("form.form .actions button").last.click()
            self.hears(page, "Saved: “%(name)s”. It stands in the report of the round.")
            expect(page.locator("tbody tr").first).to_contain_text(GROUNDS)
            self.look(page)

    def lock(self) -> None:
        """Let the director end the time for answers, and lock the round."""
        with self.visit("director") as page:
            self.review_page(page)
            self.press(page, "End the time for answers")
            self.move(page, "End the time for answers", "Kaikki ovat vastanneet.")
            self.press(page, "Lock the round")
            self.move(page, "Lock the round", "Katselmus on tehty.")
            expect(page.locator("code.hash")).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
        assert self.row.status == "locked"

    # The report

    def report(self) -> None:
        """Let the director read the report, take its files, and give it the register number."""
        with self.visit("director") as page:
            self.review_page(page)
            self.press(page, "Report")
            self.look(page)
            self.make_files(page)
            self.look(page)
            self.take_files(page)
            self.add_version(page)
            self.make_files(page)

    def add_version(self, page: Page) -> None:
        """Make the second version of the report, with the register number."""
        self.press(page, "Register number, agenda and decision")
        self.look(page)
        page.fill("#id_register_number", REGISTER)
        page.fill("#id_reason", "Asianhallinta antoi numeron.")
        self.press(page, "Make the new version")
        self.hears(page, "Version %(number)s was made. Its files come in a moment.", number=2)
        expect(page.locator("main")).to_contain_text(REGISTER)

    def make_files(self, page: Page) -> None:
        """Make what the page says is being made, as the worker does, and look again."""
        expect(page.locator("#tiedostot .nothing")).to_have_count(len(FORMS))
        assert keep_owed(timezone.now(), door=Door.TASK) == len(FORMS)
        page.reload()
        expect(page.locator("#tiedostot .nothing")).to_have_count(0)

    def take_files(self, page: Page) -> None:
        """Download the report in the language and in both, in each format."""
        for language in (self.language, "both"):
            for kind, begins in BEGINS.items():
                data = self.downloaded(page, f"#tiedostot a[href*='/{language}.{kind}']")
                assert data.startswith(begins)
                assert len(data) > 5000

    def publish(self) -> None:
        """Let the director publish the round."""
        with self.visit("director") as page:
            self.review_page(page)
            self.press(page, "Publish the round")
            self.move(page, "Publish the round", "Kaupunginhallitus käsitteli raportin.")
        assert self.row.status == "published"

    def read_in_public(self) -> None:
        """Let a viewer and somebody who is not signed in read the report, and take it along."""
        for role in ("viewer", ""):
            with self.visit(role) as page:
                page.goto(f"/strategiat/{self.city.strategy.pk}/kierrokset/")
                page.locator(f"#kierros-{self.city.asked.pk} a[href$='/raportti/']").click()
                self.read(page)
                link = f"#tiedostot a[href*='/{self.language}.pdf']"
                assert self.downloaded(page, link).startswith(BEGINS["pdf"])

    def read(self, page: Page) -> None:
        """Read what the report says, and of the evidence what is public."""
        for words in (REGISTER, GROUNDS):
            expect(page.locator("main")).to_contain_text(words)
        expect(page.locator(f"[aria-labelledby=naytto] a[href='{LINK}']")).to_be_visible()
        self.look(page)

    # After the lock

    def let_correct(self) -> None:
        """Let the director let the manager correct one answer for a month."""
        with self.visit("director") as page:
            self.review_page(page)
            self.press(page, "Let somebody correct answers")
            self.look(page)
            page.select_option("#id_holder", str(self.city.people["manager"].pk))
            page.check(f"input[name=plans][value='{self.city.lit('off_track')[1].pk}']")
            page.fill("#id_last_day", self.city.in_days(30))
            page.fill("#id_reason", "Tieto muuttui lukitsemisen jälkeen.")
            self.press(page, "Let somebody correct answers")
            self.hears(page, "Saved. They find it on their page.")
            self.look(page)

    def correct(self) -> None:
        """Let the manager correct the red answer to a green one, and say why."""
        with self.visit("manager") as page:
            self.look(page)
            page.click("[aria-labelledby=oikaistavat] a")
            self.look(page)
            page.check("input[name=light][value=on_track]")
            page.fill("#id_text", CORRECTED)
            page.fill("#id_reason", "Raha löytyi lisätalousarviosta.")
            self.press(page, "Correct the answer")
            self.hears(page, "The correction stands beside the locked answer: “%(name)s”.")
            self.look(page)

    def see_both_values(self) -> None:
        """Let the director see the locked answer and its correction side by side; the locked one is as it was."""
        with self.visit("director") as page:
            self.review_page(page)
            values = page.locator("[aria-labelledby=corrected] article")
            for words in ("Työ on seis.", CORRECTED, "Raha löytyi lisätalousarviosta."):
                expect(values).to_contain_text(words)
            self.look(page)
        assert self.said(self.city.lit("off_track")[1]).text == "Työ on seis."
