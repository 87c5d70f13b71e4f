"""Pictures from the model to the thread: made, kept, uploaded and shared, each step recorded before the next.

A turn that is taken up again finds its records: what was shared is not made again, what was kept is not paid again.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from base_client import ChatClient, ChatUnavailable
from database import CallKind, Deed, DeedState, FileKind, FileOrigin, FileState, Store, StoredFile
from message_processor.budget import BudgetSpent, Needs, unheard
from message_processor.ingestion.cabinet import Cabinet
from message_processor.ingestion.pictures import dimensions_of
from message_processor.lines import picture_failure_key
from message_processor.settings import Setting
from message_processor.side_by_side import side_by_side
from message_processor.tools import Job, ToolFailure, ToolOutput
from message_processor.turn import Turn
from message_processor.wording import ENGLISH
from openai_client.base import ModelClient
from openai_client.errors import ModelError
from openai_client.events import ImageRequest, MadeImage
from openai_client.token_counter import MADE_PICTURE_TOKENS, PICTURE_TOKENS, estimate

log = logging.getLogger("threadwell.tools")

_PER_CALL = 10
"""Ordinals that one call of a tool may use."""
_ALT_TEXT = 900
_LONGEST_TITLE = 250
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


@dataclass(frozen=True, slots=True)
class _Made:
    """One picture's end: `file` where it is in the thread, else why not."""

    file: StoredFile | None
    problem: ToolFailure | None = None


@dataclass(frozen=True, slots=True)
class PictureMaker:
    """Makes pictures for the thread of a job. `model` is the name of the model that draws."""

    chat: ChatClient
    client: ModelClient
    store: Store
    cabinet: Cabinet
    model: str
    new_id: Callable[[], str] = lambda: uuid4().hex

    async def make(self, job: Job, request: ImageRequest, title: str, count: int = 1) -> ToolOutput:
        """`count` pictures at once, under the card's `title`; ToolFailure where not a single one came about."""
        earlier = {deed.ordinal: deed for deed in await self.store.files.deeds(job.turn.id)}
        progress = _Progress(job, title, count)
        first = job.number * _PER_CALL
        made = await side_by_side(
            "picture",
            [self._one(job, request, number, earlier.get(number), progress) for number in range(first, first + count)],
        )
        shared = [each.file for each in made if each.file is not None]
        problems = [each.problem for each in made if each.problem is not None]
        if not shared:
            raise problems[0]
        said = f"Shared in the thread: {', '.join(f'picture {file.number} ({file.dimensions})' for file in shared)}."
        if problems:
            said += f" {len(problems)} of {count} did not come about: {problems[0].said}"
        numbers = ", ".join(str(file.number) for file in shared)
        return ToolOutput(said, details=job.turn.lines.say("tools.made", numbers=numbers))

    async def _one(
        self, job: Job, request: ImageRequest, ordinal: int, earlier: Deed | None, progress: "_Progress"
    ) -> _Made:
        try:
            if earlier is not None and (file := await self._again(job, earlier)) is not None:
                progress.finished()
                return _Made(file)
            image = await self._drawn(job, request, progress)
            file = await self._publish(job, request.prompt, ordinal, image)
        except BudgetSpent:
            return _Made(None, problem=_failure("budget.no_picture"))
        except ModelError as error:
            fields = {"turn": job.turn.id, "failure": error.failure.value, "detail": error.detail}
            log.warning("picture_failed", extra=fields)
            return _Made(None, problem=_failure(picture_failure_key(error.failure)))
        except ChatUnavailable as failure:
            log.warning("picture_not_shared", extra={"turn": job.turn.id, "reason": failure.reason})
            return _Made(None, problem=_failure("turn.picture_not_shared"))
        except OSError as error:
            log.error("picture_not_kept", extra={"turn": job.turn.id, "reason": type(error).__name__})
            return _Made(None, problem=_failure("turn.picture_not_shared"))
        progress.finished()
        return _Made(file)

    async def _drawn(self, job: Job, request: ImageRequest, progress: "_Progress") -> MadeImage:
        needs = Needs(estimate(request.prompt) + PICTURE_TOKENS * len(request.pictures), MADE_PICTURE_TOKENS, images=1)
        async with job.turn.bill.charge(CallKind.PICTURE, request.model, needs) as charge:
            image = await self.client.images.draw(request, progress.partial, charge.listening(unheard))
            charge.reported(image.model, image.usage, images=1)
        return image

    async def _again(self, job: Job, deed: Deed) -> StoredFile | None:
        """What an earlier attempt at this turn has made, brought to its end; None where it has to be made anew."""
        file = next((each for each in job.shelf.files if each.uid == deed.uid), None)
        if file is None or file.state is FileState.GONE or deed.state is DeedState.SHARED:
            return file
        if deed.state is DeedState.RESERVED:
            data = await self.cabinet.get(deed.uid)
            upload = await self.chat.reserve_upload(file.name, len(data), file.note[:_ALT_TEXT])
            await self.chat.send_upload(upload, data)
            deed = Deed(deed.turn_id, deed.ordinal, upload.file_id, DeedState.UPLOADED, deed.uid)
            await self.store.files.record_deed(deed)
        await self._share(job, deed, file, in_doubt=True)
        return file

    async def _publish(self, job: Job, prompt: str, ordinal: int, image: MadeImage) -> StoredFile:
        uid = self.new_id()
        await self.cabinet.keep(uid, image.data)
        size = await asyncio.to_thread(dimensions_of, image.data)
        name = f"picture-{uid[:8]}.{_EXTENSIONS.get(image.media_type, 'png')}"
        upload = await self.chat.reserve_upload(name, len(image.data), prompt[:_ALT_TEXT])
        deed = Deed(job.turn.id, ordinal, upload.file_id, DeedState.RESERVED, uid)
        file = await self.store.files.keep_made(_file(job, uid, name, upload.file_id, prompt, size, image), deed)
        await self.chat.send_upload(upload, image.data)
        deed = Deed(job.turn.id, ordinal, upload.file_id, DeedState.UPLOADED, uid)
        await self.store.files.record_deed(deed)
        await self._share(job, deed, file, in_doubt=False)
        return file

    async def _share(self, job: Job, deed: Deed, file: StoredFile, *, in_doubt: bool) -> None:
        title = job.turn.lines.say("tools.caption", number=file.number or 0, words=file.note)[:_LONGEST_TITLE]
        await self.chat.share_upload(job.turn.thread, deed.file_id, title, in_doubt=in_doubt)
        await self.store.files.record_deed(Deed(deed.turn_id, deed.ordinal, deed.file_id, DeedState.SHARED, deed.uid))


class _Progress:
    """The card's words: which of the pictures are ready, and that they are taking shape."""

    def __init__(self, job: Job, title: str, count: int) -> None:
        self._job = job
        self._title = title
        self._count = count
        self._ready = 0
        self._partial = 0

    def partial(self, number: int) -> None:
        """A rough version of a picture has come."""
        if number + 1 > self._partial:
            self._partial = number + 1
            self._say()

    def finished(self) -> None:
        """One picture is in the thread."""
        self._ready += 1
        self._say()

    def _say(self) -> None:
        title, say = self._title, self._job.turn.lines.say
        if self._count > 1:
            title = say("tools.ready", title=title, ready=self._ready, count=self._count)
        if self._partial and self._ready < self._count:
            title = say("tools.taking_shape", title=title, number=self._partial)
        self._job.progress(title)


def preferred(asked: str, turn: Turn, setting: Setting[str]) -> str:
    """What the model asked for; where it left that open, what the person has set."""
    return turn.chosen[setting] if asked == "auto" else asked


def _file(job: Job, uid: str, name: str, file_id: str, prompt: str, size: str, image: MadeImage) -> StoredFile:
    """The picture as the thread will have it; `size` is how large it is in pixels."""
    return StoredFile(
        uid=uid,
        id=file_id,
        thread=job.turn.thread,
        message_ts=job.turn.question.key.ts,
        turn_id=job.turn.id,
        origin=FileOrigin.MADE,
        kind=FileKind.PICTURE,
        state=FileState.NEW,
        name=name,
        url="",
        trouble="",
        size=len(image.data),
        detail="",
        media_type=image.media_type,
        note=prompt,
        dimensions=size,
        parts=0,
        done=0,
        number=None,
        kept=True,
    )


def _failure(key: str) -> ToolFailure:
    """A failure that the model is told as people are, in English."""
    return ToolFailure(ENGLISH(key), key)
