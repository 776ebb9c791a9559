"""The errors a user can cause, each one sentence: what was expected, what came, what to do."""


class SubgenreError(Exception):
    """Root of all errors that `subgenre` raises on purpose; the command line prints it alone."""


class ParameterError(SubgenreError, ValueError):
    """A parameter has an unknown name or an impossible value."""


class DataError(SubgenreError):
    """Music cannot be read, or there is too little of it for what was asked."""


class StorageError(SubgenreError):
    """A folder or file of the cache or of the results cannot be used."""
