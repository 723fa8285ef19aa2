"""How a column becomes a field that people fill in: the same everywhere on the keepers' pages."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from toimenpiteet.calendar import Precision, due_around
from toimenpiteet.languages import BY_CODE, DEFAULT, spoken
from toimenpiteet.models import DateKind, PlanPeriod, Theme
from toimenpiteet.selectors import edit
from toimenpiteet.selectors.edit import title
from toimenpiteet.selectors.indicators import MINUS
from toimenpiteet.web.edit.context import EditContext
from toimenpiteet.web.edit.editables import LABELS
from toimenpiteet.web.edit.linked import Linked
from toimenpiteet.web.forms import day_field

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
    ModelChoices = forms.ModelMultipleChoiceField[Any]
else:
    ModelChoice, ModelChoices = forms.ModelChoiceField, forms.ModelMultipleChoiceField

# A day and how exactly it is stated.
DAYS = (
    ("due_on", "due_precision"),
    ("decided_on", "decided_on_precision"),
    ("end_on", "end_on_precision"),
    ("next_expected_on", "next_expected_precision"),
)


class RowChoice(ModelChoice):
    """A choice of one row, by its name in the language of the page."""

    own = DEFAULT

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, empty_label=gettext_lazy("not chosen"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return what the row is called."""
        return _named(obj, self.own)


class RowChoices(ModelChoices):
    """A choice of several rows; carries what was chosen when the page was opened.

    `of_strategies` says that the rows are of several strategies, so that each is named with its own.
    """

    own = DEFAULT
    of_strategies = False
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Return what the row is called."""
        named = _named(obj, self.own)
        return f"{title(obj.strategy, self.own)} – {named}" if self.of_strategies else named


class Figure(forms.DecimalField):
    """A number, which may be written with the minus that pages show."""

    def to_python(self, value: Any) -> Any:
        """Read a minus as the hyphen that stands for it on keyboards."""
        return super().to_python(value.replace(MINUS, "-") if isinstance(value, str) else value)


def _named(obj: Any, own: str) -> str:
    number = getattr(obj, "number", None)
    name = title(obj, own).text
    return f"{number}. {name}" if number is not None else name


class Spellings(forms.CharField):
    """Other spellings, one to a line."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list of lines, not one text
        """Return the lines that say something, each once."""
        return list(dict.fromkeys(line.strip() for line in str(value or "").splitlines() if line.strip()))

    def prepare_value(self, value: Any) -> Any:
        """Write a list as lines; what was typed stays as typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        """Ask for nothing more: services.rules looks at each spelling."""


def column(at: EditContext, name: str) -> forms.Field:
    """Return the field for the column `name` of the row that is edited."""
    field = at.editable.model._meta.get_field(name)
    made: forms.Field = _choice(at, field) if field.is_relation else _plain(field)
    made.label, made.help_text = _label(at, field, name), _help(at, field)
    if field.related_model is PlanPeriod and not made.queryset:  # type: ignore[attr-defined]  # a choice
        made.help_text = _no_period(at)
    _set_language(at, field, made)
    # A browser would cut a longer text in silence; the limit is named when the form is sent.
    made.widget.attrs.pop("maxlength", None)
    return made


def _choice(at: EditContext, field: Any) -> forms.Field:
    chosen = [getattr(at.row, field.attname)] if at.row is not None else []
    made = RowChoice(queryset=at.choices(field.related_model, chosen), required=not field.blank)
    made.own = at.own
    return made


def _plain(field: Any) -> forms.Field:
    if isinstance(field, models.DateField):
        return day_field(required=not field.blank)
    more = {"localize": True, "form_class": Figure} if isinstance(field, models.DecimalField) else {}
    made: forms.Field = field.formfield(**more)
    if isinstance(made, forms.TypedChoiceField):
        made.choices = [("", _("not chosen")), *(choice for choice in field.choices if choice[0])]
    elif isinstance(field, models.TextField):
        made.widget = forms.Textarea(attrs={"rows": 4})
    elif isinstance(made, forms.IntegerField):
        made.widget = forms.TextInput(attrs={"inputmode": "numeric"})
    elif field.name == "colour":
        made.widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return made


def _label(at: EditContext, field: Any, name: str) -> str:
    words = str(LABELS.get((at.editable.name, name), getattr(field, "translated_field", field).verbose_name))
    words = words[:1].upper() + words[1:]
    code = getattr(field, "language", "")
    return in_language(words, code, at.own) if code in BY_CODE else words


def in_language(words: str, code: str, own: str) -> str:
    """Return a label that says in which language the text is wanted, unless that is the municipality's and the page's.

    Who reads the page in another language than the municipality's would write that one unasked.
    """
    if {own, spoken(get_language())} == {code}:
        return words
    return _(BY_CODE[code].wanted) % {"text": words}


def _help(at: EditContext, field: Any) -> str:
    original = getattr(field, "translated_field", field)
    own = getattr(field, "language", at.own) == at.own
    return str(at.editable.help.get(original.name) or original.help_text or "") if own else ""


def _no_period(at: EditContext) -> str:
    """Return what is said where a plan has no period to be in: it leads to making one, and back here."""
    back = urlencode({"next": reverse("edit-add", args=[at.editable.name, at.above.pk])})
    href = f"{reverse('edit-add', args=['period', at.strategy.pk])}?{back}"
    noun = PlanPeriod._meta.verbose_name
    return render_to_string("toimenpiteet/edit/parts/no_period.html", {"href": href, "noun": noun})


def _set_language(at: EditContext, field: Any, made: forms.Field) -> None:
    """Ask for a text in the municipality's own language only, and tell browsers which language a text is in."""
    original, code = getattr(field, "translated_field", None), getattr(field, "language", "")
    if original is not None and code in BY_CODE:
        made.required = code == at.own and not original.blank
        made.widget.attrs["lang"] = code


def linked(at: EditContext, of: Linked, chosen: list[Any]) -> forms.Field:
    """Return the field for what the row is linked to; it also carries what was there when the page was opened."""
    if of.spelled:
        made: Any = Spellings(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    else:
        model = of.links.model._meta.get_field(of.links.far).related_model
        made = RowChoices(queryset=at.choices(model, chosen), required=of.required)  # type: ignore[arg-type]  # of a relation
        made.own, made.of_strategies = at.own, model is Theme and at.strategy is None
    made.label, made.help_text, made.show_hidden_initial = str(of.label), str(of.help), True
    made.label = made.label[:1].upper() + made.label[1:]
    return made  # type: ignore[no-any-return]  # one of the two above


def linked_to(at: EditContext, of: Linked) -> list[Any]:
    """Return the ids or spellings to which the row is linked."""
    return [] if at.row is None else edit.linked_to(of.links.model, of.links.near, at.row, of.links.far)


def settle_days(typed: dict[str, Any], changed: Collection[str]) -> dict[str, str]:
    """Make each day in `typed` the last one of what is stated; return what is wrong, by field.

    `changed` are the fields that the person changed.
    """
    wrong = {}
    for day, precision in DAYS:
        if day not in typed or precision not in typed:
            continue
        try:
            typed[day], typed[precision] = _settled(typed[day], typed[precision])
        except ValueError:
            wrong[day] = _("Winter is no season of one year. Choose a day in spring, summer or autumn (3–11).")
    if "date_kind" in typed:
        typed["date_kind"] = _meaning(typed, chosen="date_kind" in changed)
    return wrong


def _meaning(typed: dict[str, Any], *, chosen: bool) -> str:
    """Return what the date means: due where nothing is said. It goes with a date that is taken away.

    One that is chosen without a date stays, so that the service refuses it.
    """
    if typed.get("due_on"):
        return typed["date_kind"] or DateKind.DUE.value
    return typed["date_kind"] if chosen else ""


def _settled(day: Any, precision: str) -> tuple[Any, str]:
    if day is None:
        return None, precision
    due = due_around(day, Precision(precision or Precision.DAY))
    return due.last_day, due.precision.value
