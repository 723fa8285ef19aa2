"""The screens' addresses: Finnish words, because people read them."""

from django.urls import URLPattern, URLResolver, include, path

from toimenpiteet.web.views import items, me, moves, overdue, strategies, waiting

urlpatterns: list[URLPattern | URLResolver] = [
    path("", waiting.home, name="home"),
    path("odottaa/", waiting.waiting_page, name="waiting"),
    path("strategiat/", strategies.strategies, name="strategies"),
    path("strategiat/<int:strategy_id>/", strategies.strategy, name="strategy"),
    path("toimenpiteet/<int:item_id>/", items.item, name="item"),
    path("suunnitelmat/<int:plan_id>/siirto/", moves.move, name="move"),
    path("suunnitelmat/<int:plan_id>/kommentti/", moves.comment, name="comment"),
    path("osatoimet/<int:step_id>/", moves.tick, name="tick"),
    path("myohassa/", overdue.overdue, name="overdue"),
    path("myohassa/csv/", overdue.overdue_csv, name="overdue-csv"),
    path("oma/", me.me, name="me"),
    path("kieli/", me.language, name="language"),
    path("tunnus/", include("toimenpiteet.web.account_urls")),
]
