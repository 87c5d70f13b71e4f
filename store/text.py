"""Text that every database takes."""


def storable(text: str) -> str:
    """The text without NUL and without halves of characters, which come from broken JSON and from cut streams.

    Two halves that belong together become their character; a lone one becomes U+FFFD.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
