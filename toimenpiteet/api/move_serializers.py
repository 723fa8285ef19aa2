"""What the addresses of moves and history answer, field by field."""

from typing import Any

from rest_framework import serializers

from toimenpiteet.workflow import STATUS_VALUES


class Move(serializers.Serializer[Any]):
    """One row of the workflow table, as it stands for the caller."""

    name = serializers.CharField()
    words = serializers.CharField(help_text="The move in the caller's language.")
    target = serializers.ChoiceField(
        choices=STATUS_VALUES, allow_null=True, help_text="Where it leads; null where there is nothing to take back."
    )
    open = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why it is not open; null when it is.")
    code = serializers.CharField(allow_null=True, help_text="The reason as a stable code; null when it is open.")
    comment_required = serializers.BooleanField()
    comment_question = serializers.CharField(allow_null=True, help_text="What the comment should tell.")
    until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the last move can be taken back; null for the moves of the table."
    )


class Standing(serializers.Serializer[Any]):
    """Where a plan stands."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=STATUS_VALUES)
    status_words = serializers.CharField()
    version = serializers.IntegerField(help_text="Send it in If-Match with the move.")


class Moves(serializers.Serializer[Any]):
    """Every move of the table and the taking back of the last one, open or not."""

    plan = Standing()
    transitions = Move(many=True)


class Moved(serializers.Serializer[Any]):
    """What a move did."""

    plan = Standing()
    move = serializers.CharField()
    from_status = serializers.ChoiceField(choices=STATUS_VALUES)
    comment = serializers.CharField()
    at = serializers.DateTimeField()


class Difference(serializers.Serializer[Any]):
    """One field before and after a change."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class Entry(serializers.Serializer[Any]):
    """One recorded change of a plan or of what belongs to it."""

    at = serializers.DateTimeField()
    object = serializers.CharField(help_text="plan, step, unit, project, budget_line, comment, item, goal or another.")
    object_id = serializers.IntegerField(help_text="Of what `object` says: of a link, what it leads to.")
    what = serializers.CharField(help_text="added, changed, removed, or the name of a status move.")
    changes = Difference(many=True)
    who = serializers.CharField(allow_null=True, help_text="Null for callers who have not signed in.")
    on_behalf = serializers.CharField(allow_null=True, help_text="For whom the person stood in, if for anybody.")
    why = serializers.CharField(allow_null=True, help_text="In the person's own words; null for the same callers.")
    door = serializers.CharField(help_text="The way by which the change came in.")
