"""``manage.py replace_name``: the city's own rule for names in the record, so many years after somebody left."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from toimenpiteet.models import Actor, Door, User
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.people import names


class Command(BaseCommand):
    """Replace a person's recorded names and addresses; the account itself is closed and renamed on its page."""

    help = "Puts other words in the place of a person's names and addresses in the record, openly; no history changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose names, the words instead, why, and who does it."""
        parser.add_argument("person", type=int, help="the number of the account")
        parser.add_argument("words", help='what stands there instead, such as "entinen työntekijä 17"')
        parser.add_argument("--reason", required=True, help="the rule that asks for it; without the name itself")
        parser.add_argument("--as", dest="by", required=True, help="the address of the operator who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace, and say how many rows it was."""
        operator = User.objects.filter(email=options["by"].lower(), is_superuser=True, is_active=True).first()
        if operator is None:
            raise CommandError("Only an operator may do this: give the address of one after --as.")
        actor = Actor.person(operator, Door.COMMAND)
        try:
            count = names.replace_all(
                options["person"], options["words"], actor=actor, reason=options["reason"], now=timezone.now()
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        if not count:
            raise CommandError(f"The record holds no name of the account {options['person']}.")
        self.stdout.write(f"Replaced in {count} rows of recorded names and addresses; the history is untouched.")
