"""What can be searched: one derived row for each thing that has a page, or a place on one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from toimenpiteet.languages import columns_for
from toimenpiteet.models.people import Municipality
from toimenpiteet.models.strategy import Strategy


class SearchDocument(models.Model):
    """The texts of one object as the search reads them; derived, so it has no history and can be made anew.

    Written by ``services.search`` alone, beside the change of the object itself. `object_id` is the row of
    `model`; `page_id` the row whose page shows it, and `anchor` the place there. Whether the public sees it is never
    copied here: ``access.searchable`` asks the strategy. `parts` are its words as they are typed without dots, and the
    ends of long ones, by which parts of compounds are found. The full-text index stands beside the table (migrations
    0002 and 0006); a later migration that makes the table anew on SQLite has to put its triggers back.
    """

    class Kind(models.TextChoices):
        """What the person is told that it is; the order in which kinds are listed."""

        STRATEGY = "strategy", _("strategy")
        PART = "part", _("part of a strategy")
        THEME = "theme", _("theme")
        GOAL = "goal", _("goal")
        ITEM = "item", _("action item")
        UNIT = "unit", _("responsible unit")
        PROJECT = "project", _("project")
        PROGRAMME = "programme", _("programme")
        INDICATOR = "indicator", _("indicator")
        COMMENT = "comment", _("comment")

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    strategy = models.ForeignKey(Strategy, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    model = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    page_id = models.BigIntegerField()
    anchor = models.CharField(max_length=60, blank=True)
    parts = models.TextField(null=True)  # so that the table is not made anew, with its index

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("model", "object_id"), name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


# Plain columns and no translated fields: nobody shows them in the language of a page.
for _column in (*columns_for("title"), *columns_for("body")):
    SearchDocument.add_to_class(_column, models.TextField(blank=True))
