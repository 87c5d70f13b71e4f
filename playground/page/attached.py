"""The files of a message as HTML."""

import html

from playground.page.files import page_address
from playground.page.icons import icon
from playground.slack.files import File

_ICONS = {
    "csv": "sheet",
    "xlsx": "sheet",
    "pptx": "slides",
    "zip": "archive",
    "email": "mail",
    "svg": "picture",
    "html": "code",
    "javascript": "code",
    "json": "code",
    "python": "code",
    "typescript": "code",
}
_HIDDEN = "This file is hidden: the workspace is over its storage limit."


def attached(files: tuple[File, ...], visitor: str) -> str:
    """Pictures to look at, and cards for everything else; empty without files."""
    if not files:
        return ""
    return f'<div class="files">{"".join(_file(file, own=file.user == visitor) for file in files)}</div>'


def _file(file: File, *, own: bool) -> str:
    if file.is_gone:
        return f'<p class="file lost">{icon("delete")} This file was deleted.</p>'
    if file.mode == "hidden_by_limit":
        return f'<p class="file lost">{icon("lock")} {_HIDDEN}</p>'
    if file.is_picture and file.mode == "hosted":
        return _picture(file, own=own)
    return _card(file, own=own)


def _picture(file: File, *, own: bool) -> str:
    name, address = html.escape(file.title), page_address(file)
    described = html.escape(file.alt_txt or file.title)
    return (
        f'<figure class="file"><figcaption><span>{name}</span>{_delete(file) if own else ""}</figcaption>'
        f'<a class="picture" href="{address}" target="_blank" rel="noopener noreferrer" title="Open {name}">'
        f'<img src="{address}" alt="{described}"></a></figure>'
    )


def _card(file: File, *, own: bool) -> str:
    name = html.escape(file.title)
    _, filetype, pretty = file.kind
    about = f"{size(file.size) if file.mode == 'hosted' else 'Kept elsewhere'} · {pretty}"
    save = (
        f'<a class="file-tool" href="{page_address(file)}" download="{html.escape(file.name)}"'
        f' aria-label="Download {name}" title="Download">{icon("download")}</a>'
        if file.mode == "hosted"
        else ""
    )
    return (
        f'<div class="file card" data-type="{html.escape(filetype)}">'
        f'<span class="file-icon">{icon(_ICONS.get(filetype, "document"))}</span>'
        f'<span class="file-about"><b>{name}</b><small>{html.escape(about)}</small></span>'
        f"{save}{_delete(file) if own else ''}</div>"
    )


def _delete(file: File) -> str:
    label = html.escape(f"Delete the file {file.title}")
    return (
        f'<button type="button" class="file-tool" data-do="delete-file" data-name="{file.id}" aria-label="{label}"'
        f' title="Delete the file">{icon("delete")}</button>'
    )


def size(count: int) -> str:
    """Bytes for people, such as 1.4 MB."""
    if count < 1_000:
        return f"{count} B"
    number, unit = (count / 1_000, "kB") if count < 999_500 else (count / 1_000_000, "MB")
    return f"{number:.1f} {unit}" if number < 9.95 else f"{number:.0f} {unit}"
