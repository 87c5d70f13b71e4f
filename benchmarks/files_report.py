"""The figures of files as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.files_load import Part, Round
from benchmarks.files_types import Reading
from benchmarks.report import Rows, verdict

MOST_GROWTH = 1.2
LONGEST_STALL = 50.0  # milliseconds


@dataclass(frozen=True, slots=True)
class Pair:
    """The chats alone and beside the documents."""

    alone: Round
    beside: Round

    @property
    def parts(self) -> tuple[Part, Part]:
        """Alone and beside documents, from their coming until the last one was answered."""
        seconds = self.beside.documents[-1]
        return self.alone.part(seconds), self.beside.part(seconds)

    @property
    def growth(self) -> float:
        """The chats' p99 beside documents to the one alone."""
        alone, beside = self.parts
        return beside.percentile(99) / alone.percentile(99)

    @property
    def stall(self) -> float:
        """The longest stall beside documents, in milliseconds."""
        return self.parts[1].longest_stall


@dataclass(frozen=True, slots=True)
class FileFindings:
    """Everything that was measured about files."""

    pairs: tuple[Pair, ...]
    readings: tuple[Reading, ...]


def tables(findings: FileFindings) -> list[Rows]:
    """The pairs, what they come to, and each type of file; the first row of each is its head."""
    return [_pair_rows(findings.pairs), _verdict_rows(findings.pairs), _type_rows(findings.readings)]


def _pair_rows(pairs: Sequence[Pair]) -> Rows:
    rows: Rows = [
        (
            "pair",
            "chats",
            "answers",
            "p50 s",
            "p99 s",
            "documents answered after s",
            "longest stall ms",
            "computed ms",
            "bot's peak MB",
        )
    ]
    for number, pair in enumerate(pairs, 1):
        alone, beside = pair.parts
        rows.append((str(number), "alone", *_round_cells(pair.alone, alone)))
        rows.append(("", "beside documents", *_round_cells(pair.beside, beside)))
    return rows


def _round_cells(measured: Round, part: Part) -> tuple[str, ...]:
    documents = measured.documents
    return (
        str(len(part.latencies)),
        f"{part.percentile(50):.2f}",
        f"{part.percentile(99):.2f}",
        f"{documents[0]:.1f} to {documents[-1]:.1f}" if documents else "-",
        f"{part.longest_stall:.0f}",
        f"{part.longest_computed:.0f}",
        f"{measured.megabytes:.0f}",
    )


def _verdict_rows(pairs: Sequence[Pair]) -> Rows:
    head = ("", "best (median)", "single pairs", "expected at most", "held by the best", "by the median")
    return [
        head,
        _verdict_row("chats' p99, beside documents : alone", [pair.growth for pair in pairs], MOST_GROWTH, 2),
        _verdict_row("longest stall of the loop, ms", [pair.stall for pair in pairs], LONGEST_STALL, 0),
    ]


def _verdict_row(title: str, values: Sequence[float], expected: float, digits: int) -> tuple[str, ...]:
    best, usual = min(values), median(values)
    return (
        title,
        f"{best:.{digits}f} ({usual:.{digits}f})",
        f"{best:.{digits}f} to {max(values):.{digits}f}",
        f"{expected:.{digits}f}",
        verdict(best <= expected),
        verdict(usual <= expected),
    )


def _type_rows(readings: Sequence[Reading]) -> Rows:
    head = ("file", "KB", "parts", "seconds: best (median)", "CPU seconds", "peak MB")
    return [head, *map(_type_row, readings)]


def _type_row(reading: Reading) -> tuple[str, ...]:
    return (
        reading.title,
        f"{reading.size / 1000:.0f}",
        str(reading.parts) if reading.parts else "picture",
        f"{reading.seconds[0]:.2f} ({median(reading.seconds):.2f})",
        f"{reading.cpu:.2f}",
        f"{reading.megabytes:.0f}",
    )
