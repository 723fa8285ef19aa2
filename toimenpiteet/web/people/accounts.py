"""How people sign in: by invitation only, and into their own language."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from toimenpiteet.services.people.letters import AccountLetter, LetterKind, post
from toimenpiteet.services.people.tokens import revoke_all


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the chosen language in the browser for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is only partly typed
    """allauth with sign-up closed: accounts come from invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody makes an account alone."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset mail: at our own address, whatever the request called us."""
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=key.split("-", 1))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let the mail with a link for a new password leave; an address without an account costs as much time."""
        kinds = {"account/email/password_reset_key", "account/email/unknown_account"}
        if template_prefix not in kinds:
            raise ValueError(template_prefix)
        post(AccountLetter(LetterKind.PASSWORD, context.get("user"), email, timezone.now()))

    def set_password(self, user: Any, password: str) -> None:
        """Set the password and end every API token that was issued under the old one."""
        user.set_password(password)
        user.save(update_fields=["password"])
        revoke_all(user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Lead on, in the language that the person has chosen."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response
