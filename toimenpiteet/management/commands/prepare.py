"""``manage.py prepare``: what an embedded installation needs before it starts; quick when nothing is to be done."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from toimenpiteet.exchange import demonstration
from toimenpiteet.languages import PROGRAMS


class Command(BaseCommand):
    """Bring the database, the bundled strategies, rounds, demonstration data and static files up to date."""

    help = "Bring an embedded installation up to date: tables, strategies, rounds, demonstration data, static files."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each part that is not done yet, saying so in plain words."""
        if not settings.EMBEDDED:
            raise CommandError("This adds demonstration data: it is for MODE=embedded only.")
        self.stdout.write(f"Bringing the database in {settings.VAR_DIR} up to date.")
        call_command("migrate", interactive=False, verbosity=0)
        self._load()
        self._demonstrate()
        call_command("make_rounds")
        if _static_files_are_stale():
            self.stdout.write("Collecting style sheets, scripts and pictures.")
            call_command("collectstatic", interactive=False, verbosity=0)

    def _load(self) -> None:
        self.stdout.write("Loading the bundled strategies.")
        now = timezone.now()
        # The demonstration's people have been at work on them for years.
        first = demonstration.missing_strategies() and not demonstration.real_users()
        call_command("load_strategies", language=PROGRAMS, now=demonstration.beginning(now) if first else now)

    def _demonstrate(self) -> None:
        if demonstration.real_users():
            self.stdout.write("People of your own have accounts here: the demonstration is left as it is.")
            return
        self.stdout.write("Adding the demonstration people and their activity.")
        call_command("demo")


def _static_files_are_stale() -> bool:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    base = Path(settings.BASE_DIR)
    # Our own files, and the lock for those that packages bring.
    sources = [base / "uv.lock", *base.glob("*/static/**/*")]
    return any(source.stat().st_mtime > manifest.stat().st_mtime for source in sources)
