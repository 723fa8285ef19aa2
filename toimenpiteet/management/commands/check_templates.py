"""``manage.py check_templates``: every template compiles, and what it includes or links to exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import Template, TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.base import FilterExpression, Variable
from django.template.defaulttags import URLNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import NoReverseMatch, get_resolver

_TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)


class Command(BaseCommand):
    """Compile every template of ours."""

    help = "Compile every template; check the names in its extends, include and url tags."

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every problem; exit 1 when there is one."""
        folder = Path(settings.BASE_DIR) / "templates"
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        problems = [f"{name}: {problem}" for name in names for problem in check(name)]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"{len(names)} templates compile.")


def check(name: str) -> Iterator[str]:
    """Yield what is wrong with the template `name`."""
    try:
        template: Template = engines["django"].get_template(name).template  # type: ignore[attr-defined]  # Django's own backend, which has it
    except (TemplateSyntaxError, TemplateDoesNotExist) as error:
        yield str(error)
        return
    if any("{#" in line and "#}" not in line.partition("{#")[2] for line in template.source.splitlines()):
        # Django reads it as text, and puts it on the page.
        yield "has a comment {# … that does not end on its line"
    if any("{% say" in title for title in _TITLE.findall(template.source)):
        yield "writes markup into its title: use {{ … }} there instead of {% say … %}"
    for node in template.nodelist.get_nodes_by_type((IncludeNode, ExtendsNode, URLNode)):  # type: ignore[arg-type]  # takes a tuple as isinstance does
        match node:
            case IncludeNode():
                yield from _missing_template(node.template)
            case ExtendsNode():
                yield from _missing_template(cast(FilterExpression, node.parent_name))
            case URLNode():
                yield from _missing_address(node.view_name)


def _constant(expression: FilterExpression) -> str | None:
    """Return a name that stands in quotes; one that is computed shows only when the page is made."""
    if isinstance(expression.var, Variable) or expression.filters:
        return None
    return str(expression.var)


def _missing_template(expression: FilterExpression) -> Iterator[str]:
    name = _constant(expression)
    if name is None or "#" in name:  # a part of a template (django-template-partials)
        return
    try:
        engines["django"].get_template(name)
    except TemplateDoesNotExist:
        yield f"names the template {name}, which does not exist"
    except TemplateSyntaxError:
        pass  # it is reported under its own name


def _missing_address(expression: FilterExpression) -> Iterator[str]:
    name = _constant(expression)
    if name is None:
        return
    *namespaces, view = name.split(":")
    resolver = get_resolver()
    try:
        for namespace in namespaces:
            resolver = resolver.namespace_dict[namespace][1]
    except (KeyError, NoReverseMatch):
        yield f"links to {name}, whose namespace does not exist"
        return
    if view not in resolver.reverse_dict:
        yield f"links to {name}, which no address is called"
