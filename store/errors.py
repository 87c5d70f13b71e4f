"""The failures of the store."""


class StoreUnavailable(Exception):
    """The store cannot be opened, read or written; `reason` is fit for the operator's screen.

    `wrong_configuration` is true where opening it again cannot help: an unwritable path, a file that is no database of
    ours, a schema that is newer than this release.
    """

    def __init__(self, reason: str, *, wrong_configuration: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wrong_configuration = wrong_configuration


class WrongBackup(Exception):
    """A file that cannot be restored; the text is a line for the operator."""


class StoreInUse(StoreUnavailable):
    """Another process has the file."""
