"""Filling in the admin's forms as a browser does: what the page holds, and what a person changes."""

from typing import Any

from django.forms import BaseForm
from django.test import Client
from django.urls import reverse


def address(model: Any, page: str, *args: Any) -> str:
    """Return the address of a model's admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _typed(form: BaseForm) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        found[bound.html_name] = "" if value is None else "on" if value is True else value
        if value is False:
            del found[bound.html_name]
    return found


def filled(response: Any) -> dict[str, Any]:
    """Return what the form of a page would send when nothing is changed."""
    data = _typed(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        data |= _typed(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _typed(form)
    return data


def send(client: Client, url: str, **changes: Any) -> Any:
    """Open a form, change what is named, and send it."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    return client.post(url, filled(page) | changes)


def errors(response: Any) -> str:
    """Return every error that a page shows."""
    found = [str(response.context["adminform"].form.errors)]
    found += [str(form.errors) for inline in response.context["inline_admin_formsets"] for form in inline.formset.forms]
    found += [str(inline.formset.non_form_errors()) for inline in response.context["inline_admin_formsets"]]
    return " ".join(found)
