"""The whole plan of a strategy as a Word file and as a PDF, in the language of the page from which it is asked."""

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from toimenpiteet.calendar import local_day
from toimenpiteet.exchange.report.files import FORMATS, plan_made
from toimenpiteet.languages import CODES
from toimenpiteet.selectors.rounds.snapshots import whole_plan
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.web.downloads import download
from toimenpiteet.web.request import RequestContext, published

_SECONDS = 60


@require_safe
@published
def plan_file(request: HttpRequest, me: RequestContext, strategy_id: int, language: str, kind: str) -> HttpResponseBase:
    """Give the plan, every period, as it is now."""
    if language not in CODES or kind not in FORMATS:
        raise Http404
    strategy = find_strategy(me.scope, strategy_id)
    # It is the same for everybody, and takes a second: who asks again at once gets what was made.
    key = f"plan-file/{strategy.pk}/{language}.{kind}"
    data: Any = cache.get_or_set(key, lambda: plan_made(whole_plan(strategy, me.now), language, kind), _SECONDS)
    return download(data, f"{slugify(strategy.key)}-{local_day(me.now).isoformat()}-{language}.{kind}")
