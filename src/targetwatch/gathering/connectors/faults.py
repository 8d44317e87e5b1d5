"""What goes wrong when a system is asked."""


class FetchError(Exception):
    """A system could not be asked, and asking again does not help: the message says what to mend."""


class UnreachableError(FetchError):
    """A system did not answer as often as it was tried: it may by the next pass, and nothing was lost meanwhile."""


class NotConnectedError(FetchError):
    """Nobody has said yet where a system is: no failure, as long as it was never reached. The message says how to."""


def is_terminal(failure: BaseException) -> bool:
    """Whether it is no use to try again: everything in `failure` is for a person to mend."""
    if isinstance(failure, BaseExceptionGroup):
        return all(is_terminal(one) for one in failure.exceptions)
    return isinstance(failure, FetchError) and not isinstance(failure, UnreachableError)
