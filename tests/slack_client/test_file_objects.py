"""Slack's file objects, whatever is in them; and which addresses are Slack's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from base_client import FileRef, FileTrouble, FileUnavailable
from slack_client.file_objects import files_of, slack_only

URL_PRIVATE = "https://files.slack.com/files-pri/T1-F1/shot.png"
DOWNLOAD = "https://files.slack.com/files-pri/T1-F1/download/shot.png"
FILE = {"id": "F1", "name": "shot.png", "size": 5, "mode": "hosted", "url_private": URL_PRIVATE}


def test_a_file_is_typed() -> None:
    assert files_of([FILE]) == (FileRef("F1", "shot.png", 5, URL_PRIVATE),)
    assert files_of([FILE | {"url_private_download": DOWNLOAD}])[0].url == DOWNLOAD


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"mode": "external"}, FileTrouble.EXTERNAL),
        ({"is_external": True}, FileTrouble.EXTERNAL),
        ({"mode": "hidden_by_limit"}, FileTrouble.HIDDEN),
        ({"mode": "tombstone"}, FileTrouble.GONE),
        ({"file_access": "access_denied"}, FileTrouble.DENIED),
        ({"file_access": "file_not_found"}, FileTrouble.GONE),
    ],
)
def test_what_cannot_be_had_says_so_and_has_no_address(changes: dict[str, object], trouble: FileTrouble) -> None:
    (file,) = files_of([FILE | changes])
    assert (file.trouble, file.url) == (trouble.value, "")


def test_a_file_of_another_organisation_has_to_be_asked_for() -> None:
    (file,) = files_of([FILE | {"file_access": "check_file_info"}])
    assert (file.trouble, file.url) == ("", "")


@pytest.mark.parametrize(
    ("given_name", "name"),
    [("a\x00b\nc\u2028d.png", "a b c d.png"), ("x" * 400, "x" * 255), ("", "a title"), (7, "a title"), (" \n", "F1")],
)
def test_a_name_is_one_line(given_name: object, name: str) -> None:
    assert files_of([FILE | {"name": given_name, "title": "a title"}])[0].name == name


@pytest.mark.parametrize("size", [-1, "5", None, 1.5])
def test_a_size_that_is_none_is_not_said(size: object) -> None:
    assert files_of([FILE | {"size": size}])[0].size == 0


def test_a_hundred_files_are_looked_at() -> None:
    assert len(files_of([FILE] * 150)) == 100


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FILE, "file_access"]), inner),
    max_leaves=8,
)


@given(anything | st.lists(st.dictionaries(st.sampled_from([*FILE, "file_access"]), anything), max_size=3))
def test_nothing_that_stands_for_files_raises(raw: object) -> None:
    assert all(file.id for file in files_of(raw))


def refused(url: str, api: str = "https://slack.com/api/") -> FileTrouble | None:
    try:
        slack_only(api)(URL(url))
    except FileUnavailable as failure:
        return failure.trouble
    return None


@pytest.mark.parametrize("host", ["files.slack.com", "acme.slack.com", "acme.enterprise.slack.com", "FILES.SLACK.COM"])
def test_hosts_of_slack_are_asked(host: str) -> None:
    assert refused(f"https://{host}/files-pri/T1-F1/login") is None


@pytest.mark.parametrize(
    "url",
    [
        *("http://files.slack.com/x", "https://files.slack.com:8443/x", "https://slack.com.evil.example/x"),
        *("https://files.slack.com.evil.example/x", "https://evilslack.com/x", "https://files-slack.com/x"),
        *(
            "https://evil.example/files.slack.com",
            "https://evil.example?files.slack.com",
            "https://evil.example#.slack.com",
        ),
        *("https://files.slack.com@evil.example/x", "https://user:word@files.slack.com/x", "https://..slack.com/x"),
        *("https://slack.com./x", "https://files.slack.com./x", "ftp://files.slack.com/x", "https://127.0.0.1/x"),
        *("https://sl\u0430ck.com/x", "//files.slack.com/x", ""),
    ],
)
def test_hosts_that_only_look_like_slack_are_not_asked(url: str) -> None:
    assert refused(url) is FileTrouble.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "url", ["https://acme.slack.com/?redir=%2Ffiles-pri%2FT1-F1", "https://acme.slack.com/signin/x"]
)
def test_the_way_to_a_login_page_is_a_denial(url: str) -> None:
    assert refused(url) is FileTrouble.DENIED


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("http://127.0.0.1:4000/files-pri/x", None),
        ("http://127.0.0.1:4001/files-pri/x", FileTrouble.REFUSED_ADDRESS),
        ("https://127.0.0.1:4000/files-pri/x", FileTrouble.REFUSED_ADDRESS),
        ("http://localhost:4000/files-pri/x", FileTrouble.REFUSED_ADDRESS),
        ("https://files.slack.com/files-pri/x", FileTrouble.REFUSED_ADDRESS),
    ],
)
def test_an_api_on_this_machine_is_the_only_host(url: str, trouble: FileTrouble | None) -> None:
    assert refused(url, "http://127.0.0.1:4000/api/") is trouble
