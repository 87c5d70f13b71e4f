"""The offline model: a server on this machine that speaks OpenAI's APIs for answers, pictures and embeddings."""

from playground.model.journal import ModelCall, Outcome
from playground.model.knobs import Knobs
from playground.model.server import ModelServer

__all__ = ["Knobs", "ModelCall", "ModelServer", "Outcome"]
