"""The lists whose cost is not to grow with the city: what is asked for, by whom, and by which kind of request."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """An address; `signed_in` as the director, else with a token; `piece` as htmx asks for a part of a page."""

    address: str
    signed_in: bool = True
    piece: bool = False

    def headers(self, cookie: str, token: str) -> dict[str, str]:
        """Return the headers of the request."""
        who = {"Cookie": cookie} if self.signed_in else {"Authorization": f"Token {token}"}
        return who | ({"HX-Request": "true"} if self.piece else {})


def lists(strategy: int, goal: int) -> dict[str, Asked]:
    """Return the lists by the keys of report.CASES; of a strategy with its plan, and of one of its goals."""
    return {
        "by-status": Asked("/api/v1/action-items/?status=in_progress", signed_in=False),
        "by-word": Asked("/api/v1/action-items/?q=palvelu", signed_in=False),
        "by-name": Asked("/myohassa/?sort=name"),
        "goal": Asked(f"/tavoitteet/{goal}/rivit/", piece=True),
        "goal-status": Asked(f"/tavoitteet/{goal}/rivit/?status=in_progress", piece=True),
        "glance": Asked(f"/strategiat/{strategy}/"),
        "plan-status": Asked(f"/strategiat/{strategy}/suunnitelma/?status=in_progress"),
        "search": Asked("/haku/?q=palvelu"),
    }
