"""When each chunk of an answer is due."""

from playground.model.knobs import Knobs

PACKET_SECONDS = 0.1  # with total_seconds, chunks closer than this share a packet


def due_times(knobs: Knobs, chunks: int) -> list[float]:
    """Seconds after the start of the answer for each chunk, never falling."""
    first = knobs.first_token_seconds
    if not knobs.total_seconds:
        return [first + knobs.chunk_seconds * at for at in range(chunks)]
    spread = max(0.0, knobs.total_seconds - first)
    gaps = max(1, chunks - 1)
    if chunks == 1:
        return [first + spread]
    return [first + spread * at / gaps for at in range(chunks)]


def duration(knobs: Knobs, chunks: int) -> float:
    """Seconds until the last chunk is due."""
    return due_times(knobs, max(1, chunks))[-1]
