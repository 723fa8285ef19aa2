"""The screens' addresses: Finnish words, because people read them."""

from django.urls import URLPattern, URLResolver, include, path

from toimenpiteet.web import errors, frame, history, indicators, projects, search, session, strategies, waiting
from toimenpiteet.web.people import me, stand_ins
from toimenpiteet.web.plan import bulk, change_requests, closing, item, item_edit, moves, overdue, steps
from toimenpiteet.web.plan import files as plan_files
from toimenpiteet.web.plan import page as plan_page
from toimenpiteet.web.rounds import answers, corrections, report, review, rounds
from toimenpiteet.web.units import pages as unit_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", waiting.home, name="home"),
    path("odottaa/", waiting.waiting_page, name="waiting"),
    path("odottaa/muutokset/", history.changes_page, name="changes"),
    path("odottaa/nahty/", history.changes_seen, name="changes-seen"),
    path("suunnitelmat/siirrot/", bulk.bulk, name="bulk"),
    path("suunnitelmat/siirrot/esikatselu/", bulk.preview, name="bulk-preview"),
    path("kaudet/<int:period_id>/paattaminen/", closing.closing, name="closing"),
    path("suunnitelmat/<int:plan_id>/osatoimet/", moves.steps, name="plan-steps"),
    path("strategiat/", strategies.strategies, name="strategies"),
    path("strategiat/<int:strategy_id>/", strategies.strategy, name="strategy"),
    path("strategiat/<int:strategy_id>/muutokset/", history.strategy_changes, name="strategy-changes"),
    path("strategiat/<int:strategy_id>/mittarit/", indicators.indicators, name="indicators"),
    path("strategiat/<int:strategy_id>/kierrokset/", rounds.rounds, name="rounds"),
    path("kierrospaivat/<int:day_id>/siirra/", rounds.round_day, name="round-day"),
    path("kierrokset/<int:round_id>/vastaukset/", answers.answers_of_round, name="answers"),
    path("kierrokset/<int:round_id>/vastaukset/<int:plan_id>/", answers.answer, name="answer"),
    path("kierrokset/<int:round_id>/vastaukset/laheta/", answers.send_drafts, name="answers-send"),
    path("kierrokset/<int:round_id>/katselmus/", review.review, name="review"),
    path("kierrokset/<int:round_id>/katselmus/muuttumattomat/", review.accept_calm, name="review-calm"),
    path("kierrokset/<int:round_id>/raportti/", report.report, name="report"),
    path("kierrokset/<int:round_id>/raportti/versio/", report.report_version, name="report-version"),
    path("kierrokset/<int:round_id>/raportti/<slug:language>.<slug:kind>", report.report_file, name="report-file"),
    path("kierrokset/<int:round_id>/muistuta/<int:unit_id>/", review.nudge, name="nudge"),
    path("kierrokset/<int:round_id>/poikkeus/", corrections.add_exception, name="exception"),
    path("kierrokset/<int:round_id>/poikkeus/<int:grant>/paata/", corrections.end_exception, name="exception-end"),
    path("kierrokset/<int:round_id>/vastaukset/<int:plan_id>/oikaisu/", corrections.correct, name="correction"),
    path("kierrokset/<int:round_id>/siirto/<slug:name>/", review.move_round, name="round-move"),
    path("vastaukset/<int:report_id>/katselmus/", review.decide, name="review-answer"),
    path("mittarit/<int:indicator_id>/", indicators.indicator, name="indicator"),
    path("teemat/<int:theme_id>/", strategies.theme, name="theme"),
    path("tavoitteet/<int:goal_id>/", strategies.goal, name="goal"),
    path("ohjelmat/<int:programme_id>/", projects.programme, name="programme"),
    path("hankkeet/", projects.projects, name="projects"),
    path("hankkeet/<int:project_id>/", projects.project, name="project"),
    path("vastuutahot/", unit_pages.units, name="units"),
    path("vastuutahot/<int:unit_id>/", unit_pages.unit, name="unit"),
    path("kunnat/<slug:municipality>/", strategies.municipality, name="municipality"),
    path("haku/", search.search, name="search"),
    path("strategiat/<int:strategy_id>/suunnitelma/", plan_page.plan, name="plan"),
    path(
        "strategiat/<int:strategy_id>/suunnitelma/<slug:language>.<slug:kind>", plan_files.plan_file, name="plan-file"
    ),
    path("tavoitteet/<int:goal_id>/rivit/", plan_page.goal_rows, name="goal-rows"),
    path("toimenpiteet/<int:item_id>/", item.item, name="item"),
    path("toimenpiteet/<int:item_id>/muokkaa/", item_edit.edit_item, name="item-edit"),
    path("suunnitelmat/<int:plan_id>/muokkaa/", item_edit.edit_plan, name="plan-edit"),
    path("suunnitelmat/<int:plan_id>/osatoimet/uusi/", steps.add, name="step-add"),
    path("osatoimet/<int:step_id>/muokkaa/", steps.edit, name="step-edit"),
    path("osatoimet/<int:step_id>/poista/", steps.remove, name="step-remove"),
    path("suunnitelmat/<int:plan_id>/osatoimet/jarjestys/", steps.order, name="step-order"),
    path("suunnitelmat/<int:plan_id>/muutos/", change_requests.propose, name="change-propose"),
    path("muutosesitykset/<int:request_id>/", change_requests.change, name="change"),
    path("strategiat/<int:strategy_id>/muutosesitykset/", change_requests.changes_of_strategy, name="plan-changes"),
    path("suunnitelmat/<int:plan_id>/siirto/", moves.move, name="move"),
    path("suunnitelmat/<int:plan_id>/kommentti/", moves.comment, name="comment"),
    path("osatoimet/<int:step_id>/", moves.tick, name="tick"),
    path("myohassa/", overdue.overdue, name="overdue"),
    path("myohassa/csv/", overdue.overdue, {"file": "csv"}, name="overdue-csv"),
    path("oma/", me.me, name="me"),
    path("oma/sijainen/", stand_ins.add, name="stand-in-add"),
    path("oma/sijainen/<int:grant>/", stand_ins.edit, name="stand-in"),
    path("oma/sijainen/<int:grant>/paata/", stand_ins.end, name="stand-in-end"),
    path("yllapito/", include("toimenpiteet.web.edit.urls")),
    path("kieli/", me.language, name="language"),
    path("istunto/", session.session, name="session"),
    path("apua/", frame.help_page, name="help"),
    path("ulkoasu/", frame.components, name="components"),
    path("ei-yhteytta/", errors.offline, name="offline"),
    path("sw.js", frame.worker, name="worker"),
    path("tunnus/", include("toimenpiteet.web.people.account_urls")),
]
