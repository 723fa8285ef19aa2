"""The forms of change requests: what is proposed, and what is decided."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.access import Scope
from toimenpiteet.change_requests import ChangeKind
from toimenpiteet.models.strategy import PRECISIONS
from toimenpiteet.selectors.plan.change_requests import ChangeView, Proposing
from toimenpiteet.selectors.units.units import units_in_force
from toimenpiteet.services.plan.change_requests import Decision, Proposal
from toimenpiteet.web.edit.fields import RowChoice, in_language, settle_days
from toimenpiteet.web.edit.forms import SeenForm
from toimenpiteet.web.forms import day_field


def _text(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=area, strip=False)


class ProposalForm(SeenForm):
    """What is to change, and why. Which fields a kind needs is the service's to say; the page shows those of one."""

    kind = forms.ChoiceField(
        label=_("What is to change"),
        choices=labels.choices(labels.CHANGE_KIND),
        widget=forms.RadioSelect,
        required=False,
    )
    due_on = day_field(pgettext_lazy("change", "New due date"))
    due_precision = forms.ChoiceField(
        label=_("How exactly"),
        choices=PRECISIONS,
        required=False,
        help_text=_("The day may be any within the month, season or year."),
    )
    text = _text(pgettext_lazy("change", "What it is to say"), rows=6)
    unit = RowChoice(queryset=None, required=False, label=pgettext_lazy("change", "New lead unit"))
    cause = _text(_("Why it has to change"))
    effect = _text(_("What the change leads to"), _("On the goal, on money, on other units."))

    def __init__(self, scope: Scope, of: Proposing, data: QueryDict | None = None, kind: str = "") -> None:
        super().__init__(data, initial={"seen_version": of.version, "kind": kind, "text": of.text})
        units: Any = self.fields["unit"]
        units.queryset, units.own = units_in_force(scope), of.own
        self.fields["text"].label = in_language(str(self.fields["text"].label), of.own, of.own)
        self.fields["text"].widget.attrs["lang"] = of.own

    def clean(self) -> dict[str, Any]:
        """Make the day the last one of what is stated."""
        typed = super().clean() or self.cleaned_data
        if typed.get("kind") == ChangeKind.DUE:
            for name, message in settle_days(typed, self.changed_data).items():
                self.add_error(name, message)
        return typed

    def wanted(self) -> Proposal:
        """Return what is proposed."""
        typed, unit = self.cleaned_data, self.cleaned_data["unit"]
        names = ("kind", "cause", "effect", "due_on", "due_precision", "text")
        return Proposal(unit=unit.pk if unit else None, **{name: typed[name] for name in names})


class DecisionForm(SeenForm):
    """The words of the director, and of a body's decision where and when it was made."""

    words = _text(_("Words of the decision"), _("The manager reads them. Declining needs them."))
    body = forms.CharField(
        label=pgettext_lazy("change", "Body"),
        required=False,
        max_length=200,
        help_text=_("Such as Kaupunginhallitus. Only where a body decides."),
    )
    body_on = day_field(pgettext_lazy("change", "Day of the body's decision"))
    section = forms.CharField(label=pgettext_lazy("change", "Section (§)"), required=False, max_length=20)
    register_number = forms.CharField(label=pgettext_lazy("change", "Register number"), required=False, max_length=60)
    OF_BODY = ("body_on", "section", "register_number")

    def __init__(self, of: ChangeView, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"seen_version": of.version, "body": of.body})

    def decision(self) -> Decision:
        """Return what was decided."""
        return Decision(**{name: self.cleaned_data[name] for name in ("words", "body", *self.OF_BODY)})

    @property
    def of_body(self) -> list[forms.BoundField]:
        """Return the fields of a body's decision, beside which body it is."""
        return [self[name] for name in self.OF_BODY]

    @property
    def says_body(self) -> bool:
        """Tell whether anything of a body was typed or is wrong: then its fields are to be seen at once."""
        return any(field.errors or field.value() for field in (self["body"], *self.of_body))
