"""Reads one file: `python -m message_processor.ingestion.reading PATH SUFFIX START PARENT MEMORY CPU_SECONDS`."""

import importlib
import sys
from pathlib import Path
from typing import Protocol, cast

from message_processor.ingestion.reading.confinement import confine
from message_processor.ingestion.reading.contents import Contents, Scaled, Source
from message_processor.ingestion.reading.kinds import kind_of
from message_processor.ingestion.reading.output import Output
from message_processor.ingestion.reading.unreadable import FileUnreadable, Unreadable


class _Format(Protocol):
    """A module of this package that reads a kind of file."""

    def read(self, source: Source) -> Contents | Scaled: ...


def main(path: str, suffix: str, start: int) -> None:
    """Say what the file is and what is in it."""
    output = Output(sys.stdout.buffer)
    try:
        _read(Source(Path(path).read_bytes(), suffix, start), output)
    except FileNotFoundError:
        output.missing()
    except FileUnreadable as failure:
        output.unreadable(failure.code, failure.detail)
    except (MemoryError, RecursionError) as error:
        output.unreadable(Unreadable.TOO_COMPLEX, type(error).__name__)
    except Exception as error:  # whatever foreign bytes make a parser do ends here
        output.unreadable(Unreadable.CRASHED, type(error).__name__)


def _read(source: Source, output: Output) -> None:
    kind = kind_of(source)
    # Imported only now: each kind of file costs the start of its own parser alone.
    parser = cast(_Format, importlib.import_module(f"message_processor.ingestion.reading.{kind.module}"))
    found = parser.read(source)
    if isinstance(found, Scaled):
        output.picture(found)
    else:
        output.document(kind, found)


if __name__ == "__main__":
    confine(*map(int, sys.argv[4:7]))
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
