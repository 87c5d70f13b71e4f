"""Which addresses belong to the public web, in whatever form they are written."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from base_client import FileTrouble, FileUnavailable
from message_processor.ingestion.web import is_public, public_only

REFUSED = FileTrouble.REFUSED_ADDRESS


def refuses(url: str) -> bool:
    try:
        public_only()(URL(url))
    except FileUnavailable as failure:
        return failure.trouble is REFUSED
    return False


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1"),  # noqa: S104
        *("192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
        *("64:ff9b:1::a00:1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd12::1", "fe80::1"),
        *("fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "5f00::1"),
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0x7f000001/"),
        *("http://127.1/", "http://127.0.0.1./", "http://0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"),
        *(
            "http://[::ffff:7f00:1]/",
            "http://[fe80::1%25eth0]/",
            "http://\uff11\uff12\uff17.0.0.1/",
            "http://1.2.3.4.5/",
        ),
        *("http://99999999999/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://./"),
        *("http://user@a.example/", "http://user:word@a.example/", "http://:word@a.example/"),
        *("http://a.example:22/", "https://a.example:6379/", "http://a.example:3000/"),
        *(
            "ftp://a.example/",
            "gopher://a.example/",
            "gopher://a.example/",
            "data:text/plain,x",
            "/relative",
            "a.example",
        ),
    ],
)
def test_what_is_not_plainly_public_is_refused_before_it_is_asked(url: str) -> None:
    assert refuses(url)


@pytest.mark.parametrize(
    "url", ["http://a.example/", "https://a.example:8443/x?y", "http://8.8.8.8/", "https://b.example"]
)
def test_what_is_plainly_public_may_be_asked(url: str) -> None:
    assert not refuses(url)


@given(st.ip_addresses(v=4).map(int).filter(lambda number: not is_public(ip_address(number))))
def test_no_way_of_writing_an_address_gets_it_through(number: int) -> None:
    parts = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    forms = [str(number), hex(number), "0" + oct(number)[2:], ".".join(map(oct, parts)).replace("0o", "0")]
    forms += [".".join(map(hex, parts)), f"{parts[0]}.{number & 0xFFFFFF}", f"[::ffff:{ip_address(number)}]"]
    assert [form for form in forms if not refuses(f"http://{form}/")] == []
