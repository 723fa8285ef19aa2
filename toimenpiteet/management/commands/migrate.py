"""``manage.py migrate``: Django's own, after a look at whether there is anything that it could bring up to date."""

from typing import Any

from django.core.management.commands import migrate

from toimenpiteet.older import refuse_older


class Command(migrate.Command):
    """Refuse a database that is too old before anything is written to it."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date; raises OlderDatabase."""
        refuse_older(options["database"])
        super().handle(*args, **options)
