"""The one way in which the benchmark ends early."""


class Failed(Exception):
    """Raised with one sentence for the person at the terminal."""
