"""Where a page belongs: the pages above it, each with its address, and the page itself (components/crumbs.html)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet.selectors.translated import Named, Text

Crumb = tuple[Text | str, str]


def trail(top: str, *above: tuple[str, Named], here: Text | str) -> list[Crumb]:
    """Return the way to a page: the list named `top`, then things by the names of their pages, then `here`."""
    labels = {"strategies": _("Strategies"), "units": _("Responsible units"), "projects": _("Projects")}
    things: list[Crumb] = [(thing.name, reverse(name, args=[thing.pk])) for name, thing in above]
    return [(labels[top], reverse(top)), *things, (here, "")]
