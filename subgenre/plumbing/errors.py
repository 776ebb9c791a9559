"""The errors a user can cause, each one sentence: what was expected, what came, what to do."""

from collections.abc import Sequence


class SubgenreError(Exception):
    """Root of all errors that `subgenre` raises on purpose; the command line prints it alone."""


class ParameterError(SubgenreError, ValueError):
    """A parameter has an unknown name or an impossible value."""


class DataError(SubgenreError):
    """Music cannot be read, or there is too little of it for what was asked."""


class TooLittleError(DataError):
    """Fewer than two classes can be used; `skipped` and `notes` are the remarks that say why."""

    def __init__(self, message: str, skipped: Sequence = (), notes: Sequence = ()) -> None:
        super().__init__(message)
        self.skipped, self.notes = skipped, notes


class StorageError(SubgenreError):
    """A folder or file of the cache or of the results cannot be used."""
