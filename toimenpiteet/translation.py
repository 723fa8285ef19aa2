"""Which texts exist in Finnish, Swedish and English, and the history of every tracked model.

History is registered here because it must see the per-language columns: modeltranslation adds them after the
models are made. The unsuffixed column only mirrors the Finnish text (or, where there is none, its fallback), so history
leaves it out.
"""

from modeltranslation.translator import TranslationOptions, translator

from toimenpiteet import models
from toimenpiteet.models.audit import AccountRow, Audited, track

TRANSLATED: dict[type[Audited], tuple[str, ...]] = {
    models.Municipality: ("name", "logo_words", "report_words"),
    models.Unit: ("name",),
    models.Strategy: ("name", "slogan", "decided_by", "mission", "vision", "success_factors_called"),
    models.StrategyPart: ("name", "text"),
    models.ProcessEvent: ("name", "note"),
    models.FollowUp: ("text",),
    models.CoreValue: ("name", "explanation"),
    models.PlanPeriod: ("name",),
    models.Theme: ("kind", "name", "slogan", "focus", "description"),
    models.SuccessFactor: ("name",),
    models.Goal: ("name", "keywords"),
    models.Programme: ("name", "description", "follow_up"),
    models.ActionItem: ("name", "keywords"),
    models.PeriodPlan: ("text",),
    models.Step: ("text",),
    models.PlanMeans: ("text",),
    models.BudgetLine: ("name",),
    models.Project: ("name", "description"),
    models.Indicator: ("name", "note"),
    models.IndicatorValue: ("note",),
    models.IndicatorTarget: ("note",),
    models.CalendarEntry: ("body",),
    models.ReportingRound: ("body",),
    models.FollowedDecision: ("name", "outcome"),
}

UNTRANSLATED: tuple[type[Audited], ...] = (
    models.UnitAlias,
    models.GroupMember,
    models.Grant,
    models.GrantPlan,
    models.UnitHandover,
    models.HandedOver,
    models.Membership,
    models.MunicipalityRole,
    models.ProgrammeStrategy,
    models.ProgrammeTheme,
    models.LinkedGoal,
    models.PlanUnit,
    models.PlanProject,
    models.PlanBudgetLine,
    models.PlanSuccessor,
    models.ProjectAlias,
    models.ChangeRequest,
    models.Comment,
    models.StatusReport,
    models.AnswerCorrection,
    models.Evidence,
    models.GoalAssessment,
    models.RoundDay,
    models.Nudge,
    models.StoredFile,
    models.ReportVersion,
    models.ReportFile,
)

# Derived, rewritten without a change of anybody's making: see services.plan.derived.
DERIVED: dict[type[Audited], tuple[str, ...]] = {models.PeriodPlan: ("next_deadline_on", "last_sign_at")}

for model, fields in TRANSLATED.items():
    options = type(f"{model.__name__}Translation", (TranslationOptions,), {"fields": fields})
    translator.register(model, options)
    track(model, excluded=fields + DERIVED.get(model, ()))

for model in UNTRANSLATED:
    track(model)

track(models.User, excluded=("name", "email", *sorted(models.User.untracked)), row=AccountRow)
