"""How many tokens a text takes, estimated without a tokenizer and corrected by what the server reports."""

import math
import re
from collections import OrderedDict

PICTURE_TOKENS = 1_100
"""What a picture takes, roughly: the servers count by size and model, and report the sum afterwards."""
MADE_PICTURE_TOKENS = 6_500
"""What making a picture takes, roughly, at a high quality; a size that people ask for may take more."""
_BYTES_PER_TOKEN = 4
# Scripts written without spaces between short words take about one token for each character, and a little more.
_DENSE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)
_DENSE_TOKENS = 1.2
_LOWEST, _HIGHEST = 0.5, 2.0


def estimate(text: str) -> int:
    """Tokens of `text`, roughly: a quarter of its bytes, and more for Chinese, Japanese and Korean."""
    if text.isascii():
        return math.ceil(len(text) / _BYTES_PER_TOKEN)
    sparse = _DENSE.sub("", text)
    dense = len(text) - len(sparse)
    return math.ceil(len(sparse.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN + dense * _DENSE_TOKENS)


class Calibration:
    """How far the estimate is off, by key (a thread, say), learned from reported usage. Holds `limit` keys at most."""

    def __init__(self, limit: int = 1_000) -> None:
        self._limit = limit
        self._ratios: OrderedDict[str, float] = OrderedDict()

    def ratio(self, key: str) -> float:
        """Reported tokens per estimated token, from 0.5 to 2.0; 1.0 as long as nothing is known."""
        return self._ratios.get(key, 1.0)

    def learn(self, key: str, estimated: int, reported: int) -> None:
        """Take what the server counted for a request. Half of the difference counts; servers that report 0 do not."""
        if estimated <= 0 or reported <= 0:
            return
        seen = min(_HIGHEST, max(_LOWEST, reported / estimated))
        self._ratios[key] = (self._ratios[key] + seen) / 2 if key in self._ratios else seen
        self._ratios.move_to_end(key)
        if len(self._ratios) > self._limit:
            self._ratios.popitem(last=False)
