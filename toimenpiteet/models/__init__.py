"""The domain's tables: people · strategy · actions · indicators · reporting · audit."""

from toimenpiteet.models.actions import (
    ActionItem,
    BudgetLine,
    Comment,
    DateKind,
    LinkedGoal,
    PeriodPlan,
    PlanBudgetLine,
    PlanMeans,
    PlanProject,
    PlanUnit,
    Project,
    ProjectAlias,
    Step,
)
from toimenpiteet.models.assessments import FollowedDecision, GoalAssessment
from toimenpiteet.models.audit import Actor, Audited, Door, Stamp, StatusChange
from toimenpiteet.models.change_requests import ChangeRequest
from toimenpiteet.models.evidence import Evidence
from toimenpiteet.models.files import FileBytes, StoredFile
from toimenpiteet.models.grants import Grant, GrantKind, GrantPlan
from toimenpiteet.models.handovers import HandedOver, UnitHandover
from toimenpiteet.models.indicators import Indicator, IndicatorTarget, IndicatorValue
from toimenpiteet.models.names import NameReplacement, RecordedName, UnauditedChange
from toimenpiteet.models.people import (
    GroupMember,
    Membership,
    Municipality,
    MunicipalityRole,
    Unit,
    UnitAlias,
    User,
)
from toimenpiteet.models.reporting import (
    AnswerCorrection,
    AnswerDraft,
    CalendarEntry,
    ReportingRound,
    RoundDay,
    RoundSnapshot,
    StatusReport,
)
from toimenpiteet.models.reports import Attachment, Publicity, ReportFile, ReportVersion
from toimenpiteet.models.search import SearchDocument
from toimenpiteet.models.strategy import (
    CoreValue,
    FollowUp,
    Goal,
    PlanPeriod,
    ProcessEvent,
    Programme,
    ProgrammeStrategy,
    ProgrammeTheme,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
)
from toimenpiteet.models.successors import PlanSuccessor
from toimenpiteet.models.telling import Nudge, Told

__all__ = [
    "ActionItem",
    "Actor",
    "AnswerCorrection",
    "AnswerDraft",
    "Attachment",
    "Audited",
    "BudgetLine",
    "CalendarEntry",
    "ChangeRequest",
    "Comment",
    "CoreValue",
    "DateKind",
    "Door",
    "Evidence",
    "FileBytes",
    "FollowUp",
    "FollowedDecision",
    "Goal",
    "GoalAssessment",
    "Grant",
    "GrantKind",
    "GrantPlan",
    "GroupMember",
    "HandedOver",
    "Indicator",
    "IndicatorTarget",
    "IndicatorValue",
    "LinkedGoal",
    "Membership",
    "Municipality",
    "MunicipalityRole",
    "NameReplacement",
    "Nudge",
    "PeriodPlan",
    "PlanBudgetLine",
    "PlanMeans",
    "PlanPeriod",
    "PlanProject",
    "PlanSuccessor",
    "PlanUnit",
    "ProcessEvent",
    "Programme",
    "ProgrammeStrategy",
    "ProgrammeTheme",
    "Project",
    "ProjectAlias",
    "Publicity",
    "RecordedName",
    "ReportFile",
    "ReportVersion",
    "ReportingRound",
    "RoundDay",
    "RoundSnapshot",
    "SearchDocument",
    "Stamp",
    "StatusChange",
    "StatusReport",
    "Step",
    "StoredFile",
    "Strategy",
    "StrategyPart",
    "SuccessFactor",
    "Theme",
    "Told",
    "UnauditedChange",
    "Unit",
    "UnitAlias",
    "UnitHandover",
    "User",
]
