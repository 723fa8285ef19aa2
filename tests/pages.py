"""How the tests of pages read one: as a browser does."""

import re


def squeezed(page: str) -> str:
    """Return the page with each run of white space as one space; a hard space stays what it is."""
    return re.sub(r"[ \t\r\n\f]+", " ", page)


def seen(page: str) -> str:
    """Return a page without the words that are only heard."""
    return re.sub(r'<span class="visually-hidden">[^<]*</span>', "", page)
