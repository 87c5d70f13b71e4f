"""What the model has said so far in a turn, over all its rounds."""

from dataclasses import dataclass, field

from base_client import Reply
from message_processor.lines import Lines, commentary_status
from openai_client.events import Commentary, Event, LeftOut, Refusal, TextDelta, Waiting


@dataclass(slots=True)
class Transcript:
    """Every piece goes on to the reply at once.

    `left_out` names what the server never takes, `not_passed` what of it was refused this time ("pictures").
    """

    reply: Reply
    lines: Lines
    pieces: list[str] = field(default_factory=list)
    commentary: str = ""
    left_out: set[str] = field(default_factory=set)
    not_passed: set[str] = field(default_factory=set)
    _new_round: bool = False

    def __call__(self, event: Event) -> None:
        match event:
            case TextDelta(text) | Refusal(text):
                self._say(text)
            case Commentary(text):
                self.commentary += text
                self.reply.status(commentary_status(self.commentary))
            case Waiting("slot"):
                self.reply.status(self.lines.say("turn.waiting_for_slot"))
            case Waiting(seconds=seconds):
                self.reply.status(self.lines.retry_status(seconds))
            case LeftOut(what, lasting):
                (self.left_out if lasting else self.not_passed).add(what)
            case _:
                pass  # tool calls and usage come with the end of the call

    def next_round(self) -> None:
        """The model speaks again after its tools: what it says is a paragraph of its own."""
        self._new_round = not self.is_blank

    def _say(self, text: str) -> None:
        if self._new_round:
            self._new_round = False
            text = "\n\n" + text.lstrip("\n")
        self.pieces.append(text)
        self.reply.say(text)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing yet that people could see."""
        return not any(piece.strip() for piece in self.pieces)
