"""What stops us: each error has an exit code and says what, where and what to do."""


class ReftelError(Exception):
    """One clear sentence for a person; `exit_code` for a script (docs/errors.md)."""

    exit_code = 1


class UsageError(ReftelError):
    """The command was asked for something that does not exist or cannot be understood."""

    exit_code = 2


class QueryError(UsageError):
    """A query that cannot be understood; `at` is the offset in the query."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class NotACable(ReftelError):
    """A file in which no cable was found, or no record of one."""

    exit_code = 3


class Unreadable(ReftelError):
    """A file or folder that cannot be opened or went away while being read."""

    exit_code = 4


class ArchiveError(ReftelError):
    """An archive that is not there, not ours, made by a newer version, or busy."""

    exit_code = 5


class StorageFull(ReftelError):
    """The disk or a quota is full; what was acknowledged before is kept."""

    exit_code = 6


class NotHeld(ReftelError):
    """No such cable in this archive, as far as this reader may know."""

    exit_code = 7


class PortTaken(ReftelError):
    """The address cannot be listened on."""

    exit_code = 8


class NotAdmitted(ReftelError):
    """Who reads is not said where an archive asks for it, or his profile is not understood."""

    exit_code = 9


class Changed(ReftelError):
    """What was to be changed is not any more what it was when it was looked at."""

    exit_code = 10
