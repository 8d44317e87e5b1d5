"""What goes wrong when a system is asked."""


class FetchError(Exception):
    """A system could not be asked, and asking again does not help: the message says what to mend."""


class UnreachableError(FetchError):
    """A system did not answer as often as it was tried: it may by the next pass, and nothing was lost meanwhile."""
