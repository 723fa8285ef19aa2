"""What a client sends: JSON in UTF-8 (RFC 8259), of a bounded size, with the fields that are known and no others."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from toimenpiteet.api.problems import TooLarge


class Json(BaseParser):
    """Reads a body of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; Django's own limit does not reach streams."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the body; raises TooLarge, or ParseError when it is no JSON."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        try:
            # Deep nesting ends the recursion of the reader, a lone surrogate the writing to the database.
            return json.loads(body.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not readable as JSON. Check quotes, commas and brackets.")) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


class Strict(serializers.Serializer[Any]):
    """A body whose unknown fields are an error: a typing mistake must not pass for a wish."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated body; raises ValidationError naming each field that does not belong."""
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            message = _("There is no such field to set here. Possible: %(fields)s.") % {
                "fields": ", ".join(self.fields)
            }
            raise serializers.ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)


class PlainText(serializers.CharField):
    """A text, not a number or a truth value; its length and characters are judged by services.text."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; raises ValidationError when it is something else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class OneOf(serializers.ChoiceField):
    """One of a few words; another one is told what there is."""

    def to_internal_value(self, data: Any) -> str:
        """Return the word; raises ValidationError when it is something else."""
        if not isinstance(data, str) or data not in self.choices:
            values = {"values": ", ".join(str(one) for one in self.choices if one)}
            raise serializers.ValidationError(_("There is no such value. Possible: %(values)s.") % values)
        return data


class Truth(serializers.BooleanField):
    """true or false, and none of the words that DRF takes for them."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the value; raises ValidationError when it is something else."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
