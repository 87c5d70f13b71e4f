"""What people type, what is on the wire, and what is shown."""

import time

import pytest

from playground.page import markdown, mrkdwn
from playground.page.wording import to_typed, to_wire
from playground.slack.directory import Identity, first_people

PEOPLE = first_people(Identity())
NAMES = {person.id: person.real_name for person in PEOPLE}


def name(user: str) -> str:
    return NAMES.get(user, user)


@pytest.mark.parametrize(
    ("typed", "wire"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@Threadwell hello", "<@U0THREADWL> hello"),
        ("ask @ada lovelace, please", "ask <@U0ADA00001>, please"),
        ("@Ada", "@Ada".replace("@Ada", "<@U0ADA00001>")),
        ("me@ada.example @adagio @@ada", "me@ada.example @adagio @@ada"),
        ("@channel and @here", "<!channel> and <!here>"),
        ("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."),
        ("<@U0ADA00001>", "&lt;@U0ADA00001&gt;"),
    ],
)
def test_typed_text_travels_as_a_slack_client_sends_it(typed: str, wire: str) -> None:
    assert to_wire(typed, PEOPLE) == wire


@pytest.mark.parametrize(
    "typed", ["@Threadwell a < b", "@Ada Lovelace: &amp; is &", "https://example.com/?a&b", "@here"]
)
def test_a_message_is_edited_as_it_was_typed(typed: str) -> None:
    assert to_typed(to_wire(typed, PEOPLE), PEOPLE) == typed


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        (
            "<@U0ADA00001> *b* _i_ ~s~ `c`",
            '<span class="mention">@Ada Lovelace</span> <b>b</b> <i>i</i> <s>s</s> <code>c</code>',
        ),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("a\nb", "a<br>b"),
        (":tada: :nobody_knows:", "🎉 :nobody_knows:"),
        ("&lt;b&gt; &amp;lt;", "&lt;b&gt; &amp;lt;"),
        ("<javascript:x|y>", "&lt;javascript:x|y&gt;"),
        ("<!channel>", '<span class="mention loud">@channel</span>'),
    ],
)
def test_mrkdwn_of_people(wire: str, shown: str) -> None:
    assert mrkdwn.render(wire, name) == f"<p>{shown}</p>"


def test_mrkdwn_of_whole_lines() -> None:
    assert mrkdwn.render("&gt; quoted", name) == "<blockquote>quoted</blockquote>"
    assert mrkdwn.render("```\n*code*\n```", name) == '<pre tabindex="0"><code>*code*</code></pre>'


@pytest.mark.parametrize(
    "probe",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        '[a](javascript:alert(1) "t")',
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](/control/faults)",
        "![a](https://example.com/a.png)",
        '```"><img src=x>\nx\n```',
        '[a](https://example.com/"onmouseover="x)',
        '<!channel"onclick="x>',
        "|a|\n|:-:|\n|<b>|",
    ],
)
def test_markdown_lets_nothing_through(probe: str) -> None:
    shown = markdown.render(probe, name)
    for forbidden in ("<img", "<script", "<b>", 'href="/', 'href="javascript', 'href="data', "style=", '"onm', '"onc'):
        assert forbidden not in shown


def test_a_ping_that_slips_through_is_seen() -> None:
    shown = markdown.render("<@U0ADA00001> and <!here>, but not `<@U0ADA00001>`", name)
    assert shown.count('class="mention') == 2


@pytest.mark.parametrize("piece", ["*a ", "<", "`", "_a", "```", ":", "<@", "[", "> "])
def test_hostile_texts_are_rendered_in_time(piece: str) -> None:
    text = (piece * 12_000)[:12_000]
    began = time.process_time()
    mrkdwn.render(text, name)
    markdown.render(text, name)
    assert time.process_time() - began < 3


def test_a_moment_is_written_as_its_form_says_and_one_that_is_unknown_as_its_fallback() -> None:
    def shown(form: str, seconds: str) -> str:
        return mrkdwn.render(f"<!date^{seconds}^{form}|then>", name)

    at = time.localtime(1_700_000_000)
    assert shown("{date_num} at {time}", "1700000000") == time.strftime("<p>%Y-%m-%d at %H:%M</p>", at)
    assert shown("{date_short_pretty}", "1700000000") == time.strftime("<p>%b %-d, %Y</p>", at)
    assert shown("{date_short_pretty}", str(int(time.time()))) in {"<p>today</p>", "<p>yesterday</p>"}
    for form, seconds in (("{moon}", "1700000000"), ("{time}", "soon"), ("{time}", "9" * 30)):
        assert shown(form, seconds) == "<p>then</p>"
