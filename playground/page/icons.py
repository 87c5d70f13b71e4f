"""The pictures of the sprite."""

_ICON = '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{}"></use></svg>'


def icon(name: str) -> str:
    """A picture of the sprite."""
    return _ICON.format(name)
