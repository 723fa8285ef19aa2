"""The one form of all kinds of rows: three languages, why, the version seen; a refusal brings back what was typed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from toimenpiteet.languages import base_of
from toimenpiteet.selectors import edit
from toimenpiteet.selectors.history import standing
from toimenpiteet.services.changing import Relink
from toimenpiteet.services.errors import DomainError, Stale
from toimenpiteet.web.edit.context import EditContext
from toimenpiteet.web.edit.fields import column, linked, linked_to, settle_days
from toimenpiteet.web.edit.linked import Linked
from toimenpiteet.web.forms import in_our_words, place_of, told, why

_OWN = {"reason", "seen_version"}


@dataclass(frozen=True)
class Block:
    """Fields that stand side by side, and the same text in other languages, folded unless something is wrong there."""

    fields: list[BoundField]
    others: list[BoundField]

    @property
    def opened(self) -> bool:
        """Tell whether the other languages are to be seen at once."""
        return any(field.errors for field in self.others)

    @property
    def filled(self) -> int:
        """Return in how many other languages there is a text."""
        return sum(bool(field.value()) for field in self.others)


class SeenForm(forms.Form):
    """Carries the version that the person saw, and takes a refusal where it belongs."""

    use_required_attribute = False
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # What of the object the person saw: what tells its states apart.
    seen_column = "version"
    # Somebody else saved after the person opened the page.
    stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _settle(self.fields)

    @property
    def version(self) -> int:
        """Return the version that the person saw; a form without one saw none that exists."""
        return self.cleaned_data.get("seen_version") or 0

    @property
    def answer_status(self) -> int:
        """Return the status with which the form is shown: asked for, stale, or wrong."""
        return 200 if not self.is_bound else 409 if self.stale else 422

    def refuse(self, error: DomainError) -> None:
        """Put what a service refused where it belongs."""
        self.add_error(place_of(error, self.fields), error.message)
        if isinstance(error, Stale):
            self.stale = True
            self.data = told(self.data, "seen_version", getattr(error.current, self.seen_column))

    def carried_out(self, do: Callable[[], object]) -> bool:
        """Tell whether the form was sent, is valid and was done; what a service refused then stands in the form."""
        if not (self.is_bound and self.is_valid()):
            return False
        try:
            do()
        except DomainError as error:
            self.refuse(error)
        return not self.errors


class WhyForm(SeenForm):
    """Asks why as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = why()
        _settle({"reason": self.fields["reason"]})


def _settle(fields: Mapping[str, forms.Field]) -> None:
    # A browser would cut a longer text in silence; the limit is named when the form is sent.
    for field in fields.values():
        field.widget.attrs.pop("maxlength", None)
    in_our_words(fields)


class EditForm(WhyForm):
    """The fields of one kind of row, as its declaration says; `columns` leaves some out."""

    def __init__(
        self, at: EditContext, data: QueryDict | None = None, *, columns: list[str] | None = None, wanted: Any = None
    ) -> None:
        self.at = at
        self.columns = at.editable.columns(making=at.row is None) if columns is None else columns
        own_links = at.editable.linked if columns is None else ()
        self.linked = tuple(of for of in own_links if of.asked_of(at.row))
        super().__init__(_with_line_feeds(data), initial=self._initial(wanted or {}))
        reason = self.fields.pop("reason")
        self.fields |= {name: column(at, name) for name in self.columns}
        self.fields |= {of.name: linked(at, of, self.initial.get(of.name, [])) for of in self.linked}
        self.fields["reason"] = reason
        in_our_words(self.fields)

    def _initial(self, wanted: Any) -> dict[str, Any]:
        fields = {name: self._column(name) for name in self.columns}
        if self.at.row is None:
            defaults = {name: field.get_default() for name, field in fields.items()}
            return {"seen_version": 0} | defaults | {name: wanted[name] for name in fields if wanted.get(name)}
        found = {name: getattr(self.at.row, field.attname) for name, field in fields.items()}
        links = {of.name: linked_to(self.at, of) for of in self.linked}
        return {"seen_version": self.at.row.version} | found | links

    def _column(self, name: str) -> Any:
        return self.at.editable.model._meta.get_field(name)

    def clean(self) -> dict[str, Any]:
        """Make each day the last one of what is stated."""
        typed = super().clean() or self.cleaned_data
        for name, message in settle_days(typed, self.changed_data).items():
            self.add_error(name, message)
        return typed

    # What is saved

    def values(self) -> dict[str, Any]:
        """Return the columns as they were filled in."""
        return {name: self.cleaned_data[name] for name in self.columns}

    def written(self) -> dict[str, Any]:
        """Return the columns that differ from the row's."""
        row = self.at.row
        return {name: value for name, value in self.values().items() if not _same(value, getattr(row, name))}

    def relinks(self) -> list[Relink]:
        """Return which links the person adds and takes away, against what they saw when they opened the page."""
        return [self._relink(of) for of in self.linked]

    def _relink(self, of: Linked) -> Relink:
        chosen, seen = list(self.cleaned_data[of.name]), self._seen(of)
        return Relink(
            of.links,
            added=[far for far in chosen if far not in seen],
            removed=[far for far in seen if far not in chosen],
        )

    def _seen(self, of: Linked) -> list[Any]:
        field: Any = self.fields[of.name]
        raw = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(of.name))
        if of.spelled:
            return list(field.to_python(raw))
        known = {str(row.pk): row for row in field.queryset}
        return [known[key] for key in raw or [] if key in known]

    # What is refused

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field; when somebody saved meanwhile, say what beside each field that differs."""
        at = next((of.name for of in self.linked if error.field in {of.links.far, of.links.near}), None)
        if at is not None and error.field not in self.fields:
            self.add_error(at, error.message)
        else:
            super().refuse(error)
        if isinstance(error, Stale):
            self._merge(error.current)

    def same_as(self, current: Any) -> bool:
        """Tell whether `current` is already what the person wants: then the form was only sent twice."""
        fields = all(_same(value, getattr(current, name)) for name, value in self.values().items())
        return fields and all(self._is_linked(current, relink) for relink in self.relinks())

    def _is_linked(self, current: Any, relink: Relink) -> bool:
        links = relink.links
        there = set(edit.linked_to(links.model, links.near, current, links.far))
        added, removed = ({_key(far) for far in fars} for fars in (relink.added, relink.removed))
        return added <= there and not removed & there

    def _merge(self, current: Any) -> None:
        """Take over what only somebody else changed, keep what the person typed, and say both."""
        seen = standing.as_seen(current, self.version)
        data = MultiValueDict(dict(self.data.lists()))  # type: ignore[attr-defined]  # what a browser sends
        typed = {name: _key(value) for name, value in self.cleaned_data.items() if name in self.columns}
        for name, mine in typed.items():
            field = self._column(name)
            now, before = getattr(current, field.attname), getattr(seen, field.attname, None)
            if _same(mine, now) or _same(now, before):
                continue
            if seen is not None and _same(mine, before):
                data.setlist(name, [self._as_typed(name, now)])
                self.add_error(name, _("Changed meanwhile. This is what it says now."))
            else:
                self.add_error(name, _("Saved meanwhile: %(value)s") % {"value": self._words(current, name)})
        self.data = data

    def _as_typed(self, name: str, value: Any) -> str:
        return "" if value is None else str(self.fields[name].prepare_value(value))

    def _words(self, current: Any, name: str) -> str:
        display = getattr(current, f"get_{name}_display", None)
        value = display() if display else getattr(current, name)
        return "–" if value in {None, ""} else str(value)

    # How it is shown

    def blocks(self) -> list[Block]:
        """Return the fields of the kind of row in groups: a text with its languages, short fields side by side."""
        return list(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        short: list[BoundField] = []
        shown = [name for name in self.columns if name not in self.at.editable.sourced]
        for name in shown:
            if base_of(name) and base_of(name) in self.at.editable.translated:
                if not name.endswith(f"_{self.at.own}"):
                    continue
                others = [other for other in shown if base_of(other) == base_of(name) and other != name]
            elif not isinstance(self.fields[name].widget, forms.Textarea | forms.CheckboxInput):
                short.append(self[name])
                continue
            else:
                others = []
            if short:
                yield Block(short, [])
                short = []
            yield Block([self[name]], [self[other] for other in others])
        if short:
            yield Block(short, [])

    def links(self) -> list[BoundField]:
        """Return the fields of what the row is linked to."""
        return [self[of.name] for of in self.linked]

    def sources(self) -> list[BoundField]:
        """Return the fields that say where the row stands in a document."""
        return [self[name] for name in self.columns if name in self.at.editable.sourced]


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values say the same: an empty text and none do, a false and none do not."""
    return one == other or (one in {None, ""} and other in {None, ""})


def _with_line_feeds(data: Any) -> Any:
    """Return what was sent with the line ends that texts are kept with, so that nothing seems changed."""
    if data is None:
        return None
    return MultiValueDict({name: [value.replace("\r\n", "\n") for value in values] for name, values in data.lists()})
