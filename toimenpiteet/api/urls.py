"""The addresses of the API, version 1."""

from django.urls import URLPattern, path, re_path

from toimenpiteet.api import catalogue, change_requests, changes, evidence, moves, openapi_views, rounds, tokens

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("", openapi_views.Addresses.as_view(), name="addresses"),
    path("schema/", openapi_views.Schema.as_view(), name="schema"),
    path("reader/", openapi_views.reader, name="reader"),
    path("token/", tokens.TokenView.as_view(), name="token"),
    path("strategies/", catalogue.StrategyList.as_view(), name="strategies"),
    path("strategies/<int:pk>/", catalogue.StrategyDetail.as_view(), name="strategy"),
    path("strategies/<int:pk>/changes/", changes.StrategyChanges.as_view(), name="strategy-changes"),
    path("goals/", catalogue.GoalList.as_view(), name="goals"),
    path("goals/<int:pk>/", catalogue.GoalDetail.as_view(), name="goal"),
    path("action-items/", catalogue.ItemList.as_view(), name="action-items"),
    path("action-items/<int:pk>/", catalogue.ItemDetail.as_view(), name="action-item"),
    path("plans/", catalogue.PlanList.as_view(), name="plans"),
    path("plans/<int:pk>/", catalogue.PlanDetail.as_view(), name="plan"),
    path("plans/<int:pk>/transitions/", moves.Transitions.as_view(), name="transitions"),
    path("plans/<int:pk>/history/", moves.History.as_view(), name="history"),
    path("plans/<int:pk>/change-requests/", change_requests.Propose.as_view(), name="change-propose"),
    path("change-requests/", change_requests.RequestList.as_view(), name="change-requests"),
    path("change-requests/<int:pk>/", change_requests.RequestDetail.as_view(), name="change-request"),
    path("change-requests/<int:pk>/accept/", change_requests.Accept.as_view(), name="change-accept"),
    path("change-requests/<int:pk>/decline/", change_requests.Decline.as_view(), name="change-decline"),
    path("change-requests/<int:pk>/refer/", change_requests.Refer.as_view(), name="change-refer"),
    path("change-requests/<int:pk>/withdraw/", change_requests.Withdraw.as_view(), name="change-withdraw"),
    path("steps/", catalogue.StepList.as_view(), name="steps"),
    path("steps/<int:pk>/", moves.Step.as_view(), name="step"),
    path("units/", catalogue.UnitList.as_view(), name="units"),
    path("units/<int:pk>/", catalogue.UnitDetail.as_view(), name="unit"),
    path("projects/", catalogue.ProjectList.as_view(), name="projects"),
    path("projects/<int:pk>/", catalogue.ProjectDetail.as_view(), name="project"),
    path("indicators/", catalogue.IndicatorList.as_view(), name="indicators"),
    path("indicators/<int:pk>/", catalogue.IndicatorDetail.as_view(), name="indicator"),
    path("rounds/", rounds.RoundList.as_view(), name="rounds"),
    path("rounds/<int:pk>/", rounds.RoundDetail.as_view(), name="round"),
    path("rounds/<int:pk>/transitions/", rounds.RoundTransitions.as_view(), name="round-transitions"),
    path("rounds/<int:pk>/snapshot/", rounds.Snapshot.as_view(), name="snapshot"),
    path("rounds/<int:pk>/answers/", rounds.AnswerList.as_view(), name="answers"),
    path("rounds/<int:pk>/answers/<int:plan>/", rounds.AnswerDetail.as_view(), name="answer"),
    path("rounds/<int:pk>/answers/<int:plan>/evidence/", evidence.EvidenceList.as_view(), name="evidence"),
    path(
        "rounds/<int:pk>/answers/<int:plan>/evidence/<int:piece>/",
        evidence.EvidenceDetail.as_view(),
        name="evidence-piece",
    ),
    path(
        "rounds/<int:pk>/answers/<int:plan>/evidence/<int:piece>/file/",
        evidence.EvidenceFile.as_view(),
        name="evidence-file",
    ),
    path("rounds/<int:pk>/answers/<int:plan>/unchanged/", rounds.Unchanged.as_view(), name="answer-unchanged"),
    path("rounds/<int:pk>/answers/<int:plan>/withdraw/", rounds.Withdraw.as_view(), name="answer-withdraw"),
    path("rounds/<int:pk>/answers/<int:plan>/return/", rounds.Return.as_view(), name="answer-return"),
    path("rounds/<int:pk>/answers/<int:plan>/accept/", rounds.Accept.as_view(), name="answer-accept"),
    re_path(r"^.*$", openapi_views.Nothing.as_view(), name="nothing"),
]
