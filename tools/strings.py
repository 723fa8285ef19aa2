"""The messages that the code asks for, found in Python and templates without GNU gettext."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

SOURCES = ("toimenpiteet", "notifications", "templates")

# Each function with the number of its arguments that are messages, and whether a context comes first.
FUNCTIONS = {
    "_": (1, False),
    **{f"gettext{end}": (1, False) for end in ("", "_lazy", "_noop")},
    **{f"ngettext{end}": (2, False) for end in ("", "_lazy")},
    **{f"pgettext{end}": (1, True) for end in ("", "_lazy")},
    **{f"npgettext{end}": (2, True) for end in ("", "_lazy")},
}
CALL_IN_TEMPLATE = re.compile(
    r"""\b(?:n?p?gettext|_)\((?:u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")(?:, ?count|, ?)?)+\)"""
)

# A message's context and its words: one form, or the singular and the plural.
Message = tuple[str, tuple[str, ...]]


def _calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            continue
        number, with_context = FUNCTIONS[node.func.id]
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        context, texts = (texts[0], texts[1:]) if with_context and texts else ("", texts)
        if len(texts) >= number:
            yield context, tuple(texts[:number])


def _in_file(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _calls(ast.parse(text))
    else:
        for call in CALL_IN_TEMPLATE.findall(templatize(text)):
            yield from _calls(ast.parse(call))


def message_of(entry: Any) -> Message:
    """Return the context and words of an entry of a catalogue."""
    forms = entry.id if isinstance(entry.id, list | tuple) else (entry.id,)
    return entry.context or "", tuple(forms)


def in_code(root: Path) -> dict[Message, list[str]]:
    """Return every message of the project in the folder `root`, with the files that say it, in order."""
    found: dict[Message, set[str]] = defaultdict(set)
    for source in SOURCES:
        for path in (root / source).rglob("*"):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                for message in _in_file(path):
                    found[message].add(path.relative_to(root).as_posix())
    # A text used both alone and with a plural is one message, with the plural.
    with_plural = {(context, texts[0]): (context, texts) for context, texts in found if len(texts) > 1}
    for (context, texts), places in list(found.items()):
        whole = with_plural.get((context, texts[0]))
        if whole and len(texts) == 1:
            found[whole] |= places
            del found[context, texts]
    return {message: sorted(places) for message, places in found.items()}
