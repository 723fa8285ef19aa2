"""``python -m tests.schema``: write the expected texts anew."""

import sys

from tests.schema import main

main(sys.argv[1:])
