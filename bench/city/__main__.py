"""``python -m bench.city --items N``, in the database that DATABASE_URL names."""

import os
import sys

import django

from bench.problem import Failed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
django.setup()

from bench.city import command  # noqa: E402  # its models exist once Django is set up

if __name__ == "__main__":
    try:
        command.run(sys.argv[1:])
    except Failed as problem:
        sys.exit(str(problem))
