"""For programs that gather pages: which there are (sitemaps.org), and which they are asked to leave (RFC 9309)."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.published import PAGED, published_keys

_LEFT = ("/tunnus/", "/oma/", "/odottaa/", "/yllapito/", "/hallinta/", "/muistutukset/", "/haku/", "/*?")
"""What says nothing to them: what is behind a sign-in, and the same things once more, searched or narrowed."""


if TYPE_CHECKING:
    _Sitemap = Sitemap[int]
else:
    # Django's class takes no parameter when it runs.
    _Sitemap = Sitemap


class Pages(_Sitemap):
    """The published things of one kind."""

    def __init__(self, route: str) -> None:
        self.route = route

    def items(self) -> Any:
        """Return their keys."""
        return published_keys(self.route)

    def location(self, item: int) -> str:
        """Return the address of one."""
        return reverse(self.route, args=[item])


SITEMAPS = {route: Pages(route) for route in PAGED}


@require_safe
@cache_control(public=True, max_age=3600)
def robots(_request: HttpRequest) -> HttpResponse:
    """Say what is to be left, and where the pages are listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _LEFT), "Crawl-delay: 1"]
    lines += ["", f"Sitemap: {settings.PUBLIC_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
