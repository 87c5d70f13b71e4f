"""Markdown that the offline model can write at length. The same arguments give the same text."""

LONGEST = 200_000

_FILLER = "This sentence only fills the answer up to the length that was asked for. "

_CODE = """```python
def part_{number}(lines: list[str]) -> str:
    \"\"\"Join the lines of part {number}, with *no* formatting inside the fence.\"\"\"
    return "\\n".join(line.strip() for line in lines if line)
```
"""

_LIST = """1. The first step of part {number}, with `inline code`
2. The second step
   - a detail below it, **in bold**
   - another one, with a [link](https://example.com/part/{number})
3. The last step

"""

_TABLE = """| Step | Meaning | Seconds |
|:-----|:-------:|--------:|
| {number}.1 | stored | 0.01 |
| {number}.2 | answered | 2.5 |
| {number}.3 | `a \\| b` | 10 |

"""

CODE_ANSWER = f"""Here is a function, and the command that runs it.

{_CODE.format(number=1)}
```sh
python -m part_1 --lines 3  # prints them
```

That is all: two fences, and this line after them."""

TABLE_ANSWER = f"""Here is a table with left, centred and right-aligned columns.

{_TABLE.format(number=1)}And a line after the table."""

PING_ANSWER = (
    "Attention <!channel> and <!here> and <!everyone>, also @channel, @here and @everyone. "
    "You too <@U0000000001>, <@W0000000002|somebody> and the group <!subteam^S0000000003>. "
    "Links may stay: <https://example.com|a link> and <#C0000000004>. None of this may ring."
)


def long_answer(characters: int) -> str:
    """Exactly so many characters: headings, paragraphs, lists, code fences and tables, every fence closed."""
    characters = min(characters, LONGEST)
    parts: list[str] = []
    left = characters
    number = 1
    while len(section := _section(number)) <= left:
        parts.append(section)
        left -= len(section)
        number += 1
    filler = (_FILLER * (left // len(_FILLER) + 1))[:left]
    return "".join(parts) + (filler[:-1].rstrip().ljust(left - 1, ".") + "." if left else "")


def _section(number: int) -> str:
    extras = (_LIST, _CODE + "\n", _TABLE)
    paragraph = (
        f"## Part {number}\n\nThis is part {number} of a long answer. It has a heading, a paragraph with *emphasis*, "
        f"**strong words** and ~~struck ones~~, and something more below.\n\n"
    )
    return paragraph + extras[number % 3].format(number=number)
