"""The words of the domain on screens, mails and in the API, in one place (docs/domain.md, "Words")."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.answers import Light, NotUnchanged, Outcome, Review, Said, Unknown
from toimenpiteet.change_requests import ChangeKind, ChangeStatus
from toimenpiteet.computed_light import Reason
from toimenpiteet.round_days import RoundKind, Weekday, Which
from toimenpiteet.round_moves import RoundStatus
from toimenpiteet.workflow import BY_NAME, LateBecause, Refusal, Role, Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Label: TypeAlias = StrOrPromise
else:
    Label = str | Promise
Key = TypeVar("Key", bound=str)

STATUS: dict[Status, Label] = {
    Status.NOT_STARTED: _("not started"),
    Status.IN_PROGRESS: _("in progress"),
    Status.ON_HOLD: _("on hold"),
    Status.AWAITING_APPROVAL: _("awaiting approval"),
    Status.COMPLETED: _("completed"),
    Status.DISCONTINUED: _("discontinued"),
    Status.CARRIED_OVER: _("carried over to the next period"),
}

# What the help says that they mean.
STATUS_MEANS: dict[Status, Label] = {
    Status.NOT_STARTED: _("Nothing has been done yet."),
    Status.IN_PROGRESS: _("The work goes on."),
    Status.ON_HOLD: _("The work waits for something; the reason is told."),
    Status.AWAITING_APPROVAL: _("The unit says that it is done; the strategy director looks at it."),
    Status.COMPLETED: _("Done and approved."),
    Status.DISCONTINUED: _("It was decided not to do it; the reason is told."),
    Status.CARRIED_OVER: _("The work goes on as a plan of the next period."),
}

# How many plans stand in a status, beside their total.
STATUS_COUNT: dict[Status, Label] = {
    Status.NOT_STARTED: pgettext_lazy("count of plans", "%(count)s not started"),
    Status.IN_PROGRESS: pgettext_lazy("count of plans", "%(count)s in progress"),
    Status.ON_HOLD: pgettext_lazy("count of plans", "%(count)s on hold"),
    Status.AWAITING_APPROVAL: pgettext_lazy("count of plans", "%(count)s awaiting approval"),
    Status.COMPLETED: pgettext_lazy("count of plans", "%(count)s completed"),
    Status.DISCONTINUED: pgettext_lazy("count of plans", "%(count)s discontinued"),
    Status.CARRIED_OVER: pgettext_lazy("count of plans", "%(count)s carried over to the next period"),
}

LATE: dict[LateBecause, Label] = {
    LateBecause.DUE: _("was due %(day)s"),
    LateBecause.STEP: _("a step is late, its last day was %(day)s"),
    LateBecause.ANSWER: _("no answer since %(day)s"),
    LateBecause.APPROVAL: _("awaits the director's approval, was due %(day)s"),
}

MOVE: dict[str, Label] = {
    "start": pgettext_lazy("move", "Start"),
    "pause": pgettext_lazy("move", "Put on hold"),
    "resume": pgettext_lazy("move", "Resume"),
    "propose_completion": pgettext_lazy("move", "Propose as completed"),
    "withdraw": pgettext_lazy("move", "Withdraw the proposal"),
    "approve": pgettext_lazy("move", "Approve as completed"),
    "send_back": pgettext_lazy("move", "Send back"),
    "discontinue": pgettext_lazy("move", "Discontinue"),
    "carry_over": pgettext_lazy("move", "Carry over to the next period"),
    "reopen": pgettext_lazy("move", "Reopen"),
    "take_back": pgettext_lazy("move", "Take back"),
}

MOVE_COMMENT: dict[str, Label] = {
    "pause": _("Why is it put on hold?"),
    "propose_completion": _("What was achieved?"),
    "send_back": _("What is still missing?"),
    "discontinue": _("Why is it discontinued?"),
    "carry_over": _("Why does it continue in the next period?"),
    "reopen": _("Why is it reopened?"),
}

ROLE: dict[Role, Label] = {
    Role.MANAGER: pgettext_lazy("role", "manager"),
    Role.CONTRIBUTOR: pgettext_lazy("role", "contributor"),
    Role.DIRECTOR: pgettext_lazy("role", "strategy director"),
    Role.VIEWER: pgettext_lazy("role", "viewer"),
    Role.ADMIN: pgettext_lazy("role", "administrator"),
}

REFUSAL: dict[Refusal, Label] = {
    Refusal.UNKNOWN_MOVE: _("There is no such move. Choose one of the moves offered on the page."),
    Refusal.WRONG_STATUS: _("Not possible from the status that the plan has now."),
    Refusal.WRONG_ROLE: _("Not open to you: it belongs to another role."),
    Refusal.OWN_PROPOSAL: _(
        "You proposed this yourself, and nobody approves their own proposal on behalf of another. The strategy "
        "director decides on it, or somebody else who stands in for the director."
    ),
    Refusal.COMMENT_MISSING: _("Write a comment: this move asks for the reason."),
    Refusal.NO_LATER_PERIOD: _("The strategy has no later period to carry this over to."),
    Refusal.NOTHING_TO_TAKE_BACK: _("The last thing that happened is no move that could be taken back."),
    Refusal.NOT_YOURS: _("Only the person who made the last move can take it back."),
    Refusal.TOO_LATE: _("A move can be taken back for 15 minutes, and they are over. Make the move that is open now."),
    Refusal.LOST_ROLE: _("You no longer have the role in which you made the move. Ask somebody who has it."),
    Refusal.CHANGED_SINCE: _("Something else has happened to it since the move. Make the move that is open now."),
    Refusal.LATER_PLAN_USED: _("Something has been done in the later period already. Reopen this one instead."),
    Refusal.ROUND_LOCKED: _("A reporting round that counts the move has been locked since."),
}

ROUND_KIND: dict[RoundKind, Label] = {
    RoundKind.ANNUAL_REPORT: _("annual report"),
    RoundKind.BUDGET: _("budget"),
}


def occasion(kind: str, year: int) -> str:
    """Return what people call a round, in the active language: the budget made in a year is the next year's."""
    return f"{ROUND_KIND[RoundKind(kind)]} {year + (kind == RoundKind.BUDGET)}"


ROUND_STATUS: dict[RoundStatus, Label] = {
    RoundStatus.PLANNED: _("planned"),
    RoundStatus.OPEN: _("open"),
    RoundStatus.IN_REVIEW: _("in review"),
    RoundStatus.LOCKED: _("locked"),
    RoundStatus.PUBLISHED: _("published"),
}

# Written on the button.
ROUND_MOVE: dict[str, Label] = {
    "open": _("Open the round"),
    "end_answers": _("End the time for answers"),
    "lock": _("Lock the round"),
    "publish": _("Publish the round"),
}

ROUND_DAY: dict[Which, Label] = {
    Which.STATUS_DAY: _("status day"),
    Which.OPENS: _("the round opens"),
    Which.ANSWERS_DUE: _("answers are due"),
    Which.REVIEW_ENDS: _("review ends"),
    Which.LOCK: _("the round is locked"),
    Which.AGENDA: _("to the agenda"),
    Which.BOARD: _("to the board"),
    Which.COUNCIL: _("to the council"),
}

# Why a text is no rule of a day.
RULE_FLAW: dict[str, Label] = {
    "rule_syntax": _(
        "This is no rule. Write it in one of these shapes: 12-31, first working-day 09, last working-day 01, "
        "+15 opens, -6 board, +1 01-06, 2 mon 06, last mon 03-28, never."
    ),
    "rule_day": _("No year has such a day. Correct the month or the day."),
    "rule_ring": _("These days are counted from each other in a ring. Give one of them a day of its own."),
}

WEEKDAY: dict[Weekday, Label] = {
    Weekday.MON: pgettext_lazy("in a rule", "Monday"),
    Weekday.TUE: pgettext_lazy("in a rule", "Tuesday"),
    Weekday.WED: pgettext_lazy("in a rule", "Wednesday"),
    Weekday.THU: pgettext_lazy("in a rule", "Thursday"),
    Weekday.FRI: pgettext_lazy("in a rule", "Friday"),
}

IN_MONTH: tuple[Label, ...] = (
    pgettext_lazy("in a rule", "in January"),
    pgettext_lazy("in a rule", "in February"),
    pgettext_lazy("in a rule", "in March"),
    pgettext_lazy("in a rule", "in April"),
    pgettext_lazy("in a rule", "in May"),
    pgettext_lazy("in a rule", "in June"),
    pgettext_lazy("in a rule", "in July"),
    pgettext_lazy("in a rule", "in August"),
    pgettext_lazy("in a rule", "in September"),
    pgettext_lazy("in a rule", "in October"),
    pgettext_lazy("in a rule", "in November"),
    pgettext_lazy("in a rule", "in December"),
)

# Of a plan's answer in a reporting round. Silence is never shown as "unchanged".
SAID: dict[Said, Label] = {
    Said.NOTHING: _("not reported"),
    Said.UNCHANGED: _("confirmed unchanged"),
    Said.UPDATED: _("updated"),
}

REVIEW: dict[Review, Label] = {
    Review.NONE: pgettext_lazy("review", "not reviewed"),
    Review.RETURNED: _("returned"),
    Review.ACCEPTED: _("accepted"),
}

# How an answer stands: what was said, or what the review made of it.
ANSWER_STATE: dict[str, Label] = {
    "silent": SAID[Said.NOTHING],
    "draft": pgettext_lazy("answer", "draft"),
    Review.RETURNED.value: REVIEW[Review.RETURNED],
    Said.UNCHANGED.value: SAID[Said.UNCHANGED],
    Said.UPDATED.value: SAID[Said.UPDATED],
    Review.ACCEPTED.value: REVIEW[Review.ACCEPTED],
}

# Why a plan needs a sentence, where "unchanged" was said.
NOT_UNCHANGED: dict[NotUnchanged, Label] = {
    NotUnchanged.NO_ANSWER: _("There is no earlier answer that could still hold. Say in a sentence how it stands."),
    NotUnchanged.RETURNED: _("The strategy director has asked for more. Say in a sentence how it stands."),
    NotUnchanged.LIGHT: _("The last answer was red, or it could not be assessed. Say in a sentence how it stands now."),
    NotUnchanged.LATE: _("A day of the plan or of a step is past. Say in a sentence how it stands now."),
    NotUnchanged.TWICE: _("“No change” was the answer twice in a row. Say in a sentence how it stands now."),
}

# As a report to a body words them: what a manager chose is what the board reads.
LIGHT: dict[Light, Label] = {
    Light.ON_TRACK: _("on track"),
    Light.AT_RISK: _("delayed or at risk"),
    Light.OFF_TRACK: _("off track, needs a decision"),
    Light.NOT_ASSESSED: _("cannot be assessed"),
}

UNKNOWN: dict[Unknown, Label] = {
    Unknown.NOT_MEASURED: pgettext_lazy("cannot be assessed", "it is not measured"),
    Unknown.FIGURE_LATER: pgettext_lazy("cannot be assessed", "the figure comes later"),
    Unknown.METHOD_CHANGED: pgettext_lazy("cannot be assessed", "the method has changed"),
    Unknown.NO_MATCH: pgettext_lazy("cannot be assessed", "the indicator does not match the target"),
    Unknown.OTHER: pgettext_lazy("cannot be assessed", "another reason"),
}

# What becomes of a goal. The round says which it is: in the autumn a forecast, when the year is over a result.
OUTCOME: dict[RoundKind, dict[Outcome, Label]] = {
    RoundKind.BUDGET: {
        Outcome.ACHIEVED: pgettext_lazy("forecast", "will be reached"),
        Outcome.PARTLY: pgettext_lazy("forecast", "partly"),
        Outcome.NOT_ACHIEVED: pgettext_lazy("forecast", "will not be reached"),
        Outcome.NOT_ASSESSED: pgettext_lazy("forecast", "cannot be assessed"),
    },
    RoundKind.ANNUAL_REPORT: {
        Outcome.ACHIEVED: pgettext_lazy("result", "was reached"),
        Outcome.PARTLY: pgettext_lazy("result", "partly"),
        Outcome.NOT_ACHIEVED: pgettext_lazy("result", "was not reached"),
        Outcome.NOT_ASSESSED: pgettext_lazy("result", "cannot be assessed"),
    },
}
OUTCOME_OF: dict[RoundKind, Label] = {
    RoundKind.BUDGET: pgettext_lazy("of a goal", "forecast"),
    RoundKind.ANNUAL_REPORT: pgettext_lazy("of a goal", "result"),
}

CHANGE_KIND: dict[ChangeKind, Label] = {
    ChangeKind.DUE: pgettext_lazy("change", "due date"),
    ChangeKind.SCOPE: pgettext_lazy("change", "scope"),
    ChangeKind.LEAD: pgettext_lazy("change", "lead unit"),
    ChangeKind.ENDING: pgettext_lazy("change", "ending"),
}

CHANGE_STATUS: dict[ChangeStatus, Label] = {
    ChangeStatus.PROPOSED: pgettext_lazy("change", "awaits a decision"),
    ChangeStatus.NEEDS_BODY: pgettext_lazy("change", "awaits a body's decision"),
    ChangeStatus.ACCEPTED: pgettext_lazy("change", "accepted"),
    ChangeStatus.DECLINED: pgettext_lazy("change", "declined"),
    ChangeStatus.WITHDRAWN: pgettext_lazy("change", "withdrawn"),
}

LIGHTS_DISAGREE: Label = _("the lights disagree")

LIGHT_BECAUSE: dict[Reason, Label] = {
    Reason.COMPLETED: pgettext_lazy("computed light", "it is completed"),
    Reason.ENDED: pgettext_lazy("computed light", "it has ended without being completed"),
    Reason.DUE_PASSED: pgettext_lazy("computed light", "its due date is past"),
    Reason.STEP_PASSED: pgettext_lazy("computed light", "a step is past its due date"),
    Reason.FAR_BEHIND: pgettext_lazy("computed light", "its steps are far behind its time"),
    Reason.BEHIND: pgettext_lazy("computed light", "its steps are behind its time"),
    Reason.NOT_STARTED: pgettext_lazy("computed light", "half of its time has gone and it has not started"),
    Reason.ON_HOLD: pgettext_lazy("computed light", "it is on hold"),
    Reason.SILENT: pgettext_lazy("computed light", "nothing was said of it in two rounds running"),
    Reason.ON_TIME: pgettext_lazy("computed light", "dates and steps are on time"),
}

# Whose a move is, told to somebody who tried it, by the roles of the workflow table.
BELONGS: dict[frozenset[Role], Label] = {
    frozenset({Role.MANAGER, Role.DIRECTOR}): _(
        "“%(move)s” is not open to you: a manager of a responsible unit or the strategy director does it. Ask one of "
        "them; the unit's page and the municipality's page name them."
    ),
    frozenset({Role.MANAGER}): _(
        "“%(move)s” is not open to you: a manager of a responsible unit does it. Ask one of them; the unit's page "
        "names them."
    ),
    frozenset({Role.DIRECTOR}): _(
        "“%(move)s” is not open to you: the strategy director does it. Ask the director; the municipality's page names "
        "the person."
    ),
}

# By DateKind: a step's date as it is read, such as "due in autumn 2021"; %(date)s is in words at its precision.
DATED: dict[str, Label] = {
    "due": _("due %(date)s"),
    "happened": _("happened %(date)s"),
    "in_force_from": _("comes into force %(date)s"),
    "starts": _("starts %(date)s"),
    "ends": _("ends %(date)s"),
}

LIGHT_MEANS: dict[Light, Label] = {
    Light.ON_TRACK: _("It goes as planned and will be done in time."),
    Light.AT_RISK: _("It is late, or may be late or fall short. The cause and the next step are told."),
    Light.OFF_TRACK: _("It does not go on without a decision. The cause and the next step are told."),
    Light.NOT_ASSESSED: _("There is an answer, but how it goes cannot be told."),
}

# By waiting.Urgency: how soon a plan has to be done.
URGENCY: dict[str, Label] = {
    "returned": _("Returned to you"),
    "late": _("Late"),
    "week": _("This week"),
    "round": _("This reporting round"),
    "later": _("Later"),
}

# Whose the rest is, by the verbs of access.rights.
MAY_NOT: dict[str, Label] = {
    "work": _("This plan belongs to other units than yours, so you can read it but not change it."),
    "answer": _(
        "This plan belongs to other units than yours, so you do not answer for it. Ask a manager of a responsible "
        "unit; the unit's page names them."
    ),
    "send_answer": _(
        "A contributor begins an answer, and a manager of the responsible unit sends it. What you wrote is kept as a "
        "draft that the manager sees."
    ),
    "propose_change": _(
        "A manager of a responsible unit proposes changes of this plan. Ask one of them; the unit's page names them."
    ),
    "direct": _("Only the strategy director may do this. Ask the director; the municipality's page names the person."),
    "keep": _("Only the strategy director or an administrator may change this. Ask one of them."),
    "administer": _("Only an administrator of the municipality may do this. Ask one of them."),
    "see_people": _("Only the strategy director or an administrator may see this. Ask one of them."),
    "except": _("Only the strategy director may do this. Ask the director; the municipality's page names the person."),
    "add_municipality": _("Only the operator of the installation adds municipalities."),
    "read_mails": _(
        "It shows the mails to all people of the municipality. Only the strategy director and the administrators may "
        "read it, and only the director may send a mail again."
    ),
    "send_mails": _(
        "It shows the mails to all people of the municipality. Only the strategy director and the administrators may "
        "read it, and only the director may send a mail again."
    ),
}


NOT_EXCEPTED: Label = _(
    "The round is locked. The strategy director can let you correct this answer, for a time, by an exception."
)


def may_not(verb: str) -> str:
    """Return, in the active language, why a person may not do `verb`: one of access.rights, or a move."""
    if verb in BY_NAME:
        return str(BELONGS[BY_NAME[verb].roles]) % {"move": MOVE[verb]}
    return str(MAY_NOT[verb])


# What the record says when the person gave no reason of their own.
STEP_REASON: dict[str, Label] = {
    "add": pgettext_lazy("reason", "Step added"),
    "edit": pgettext_lazy("reason", "Step edited"),
    "place": pgettext_lazy("reason", "Steps put in order"),
    "remove": pgettext_lazy("reason", "Step removed"),
}
# The mails about an account (services.people.letters.LetterKind).
LETTER: dict[str, Label] = {
    "invitation": _("an invitation"),
    "password": _("a link for a new password"),
    "address_moved": _("the address of the account was changed"),
}
# What programs are called. The record keeps the name under which they acted; a page says it in its own language.
PROGRAM: dict[str, Label] = {
    "Strategioiden lataus": pgettext_lazy("program", "The loading of strategies"),
    "Esittelyaineisto": pgettext_lazy("program", "The demonstration data"),
    "Reporting calendar": pgettext_lazy("program", "The reporting calendar"),
}
LOADED: Label = pgettext_lazy("reason", "Loaded from the file %(file)s")


def choices(labels: Mapping[Key, Label]) -> list[tuple[str, Label]]:
    """Return `labels` as the choices of a model or form field."""
    return [(str(key), label) for key, label in labels.items()]
