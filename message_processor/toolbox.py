"""The one list of tools that the model is offered."""

from base_client import ChatClient, Observer
from config import Settings
from database import Store
from message_processor.handlers.documents import ReadPages, SearchDocument
from message_processor.handlers.image_edit import EditImage
from message_processor.handlers.image_gen import GenerateImage
from message_processor.handlers.picture_maker import PictureMaker
from message_processor.handlers.vision import LookAtPictures
from message_processor.ingestion.desk import FileDesk
from message_processor.shelf import Shelf
from message_processor.tools import Registered, ToolLoop
from openai_client.base import ModelClient

_SHARING = 60.0
"""Seconds that a picture's way into the thread may take, beside the time in which it is made."""


def _has_pictures(shelf: Shelf) -> bool:
    return bool(shelf.pictures)


def _has_documents(shelf: Shelf) -> bool:
    return bool(shelf.documents)


def toolbox(
    settings: Settings, chat: ChatClient, model: ModelClient, store: Store, desk: FileDesk, observer: Observer
) -> ToolLoop:
    """All tools, ready to be run."""
    maker = PictureMaker(chat, model, store, desk.cabinet, settings.OPENAI_IMAGE_MODEL)
    making = settings.ASYNC_TIMEOUT_SECONDS + _SHARING
    tools = [
        Registered(GenerateImage(maker, making)),
        Registered(EditImage(maker, desk, making)),
        Registered(LookAtPictures(desk), _has_pictures),
        Registered(SearchDocument(store, desk.meaning), _has_documents),
        Registered(ReadPages(store), _has_documents),
    ]
    return ToolLoop(tools, observer)
