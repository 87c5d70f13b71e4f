"""The bot's messages: Markdown to HTML, without raw HTML, pictures from elsewhere or inline styles."""

import html
from collections.abc import Callable, MutableMapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from playground.page import emoji, mrkdwn

Environment = MutableMapping[str, Callable[[str], str]]
_SCHEMES = {"http", "https", "mailto"}
_ALIGNED = {"text-align:left": "left", "text-align:center": "centre", "text-align:right": "right"}
_FORMATTER = HtmlFormatter(nowrap=True)


class _Renderer(RendererHTML):
    """The rules that differ: a strict policy allows no style attribute and no foreign picture."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        language = tokens[idx].info.split(maxsplit=1)[0] if tokens[idx].info.strip() else ""
        return _code_block(tokens[idx].content, language)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return _code_block(tokens[idx].content, "")

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return '<div class="table" tabindex="0"><table>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return "</table></div>"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return f"<th{_alignment(tokens[idx])}>"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return f"<td{_alignment(tokens[idx])}>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        address = html.escape(str(tokens[idx].attrs.get("href", "")))
        return mrkdwn.link(address, "").removesuffix("</a>")

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        address = str(tokens[idx].attrs.get("src", ""))
        return mrkdwn.link(html.escape(address), html.escape(tokens[idx].content or address))

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        return html.escape(emoji.CODE.sub(lambda match: emoji.shown(match[1]), tokens[idx].content))

    def mention(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Environment) -> str:
        target = tokens[idx].content
        if target.startswith("!"):
            return mrkdwn.broadcast(target[1:].partition("|")[0].partition("^")[0])
        return mrkdwn.mention(target[1:].partition("|")[0], env["names"])


def _alignment(token: Token) -> str:
    aligned = _ALIGNED.get(str(token.attrs.get("style", "")))
    return f' class="{aligned}"' if aligned else ""


def _code_block(code: str, language: str) -> str:
    label = f'<span class="language">{html.escape(language)}</span>' if language else "<span></span>"
    copy = '<button type="button" class="quiet" data-do="copy" aria-label="Copy this code">Copy</button>'
    bar = f'<div class="code-bar">{label}{copy}</div>'
    return f'<div class="code">{bar}<pre tabindex="0"><code>{_coloured(code, language)}</code></pre></div>'


def _coloured(code: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return html.escape(code)
    return highlight(code, lexer, _FORMATTER)


def _ping(state: StateInline, silent: bool) -> bool:
    """`<@U…>` and `<!channel>`: Slack honours them in Markdown too, so whoever looks on has to see one slip through."""
    text = state.src
    if text[state.pos : state.pos + 2] not in ("<@", "<!"):
        return False
    end = text.find(">", state.pos, state.pos + 80)
    if end < 0 or not text[state.pos + 2 : state.pos + 3].isalnum():
        return False
    if not silent:
        state.push("mention", "", 0).content = text[state.pos + 1 : end]
    state.pos = end + 1
    return True


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        try:
            return urlsplit(url).scheme.lower() in _SCHEMES
        except ValueError:
            return False


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.before("autolink", "ping", _ping)
    return parser


_PARSER = _parser()


@lru_cache(maxsize=128)
def render(text: str, names: Callable[[str], str]) -> str:
    """Markdown as HTML. `names` gives a person's name by id."""
    shown: str = _PARSER.render(text, {"names": names})
    return shown
