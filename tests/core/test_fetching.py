"""Asking other machines: none of our own network, no endless, huge, circling or broken-off answer."""

import io
import socket
import time

import pytest

from sala.core.fetching import Bounds, Unfetched, fetch, permitted_address
from tests.far_side import FarSide, bomb


@pytest.fixture(scope="module")
def running():
    side = FarSide()
    yield side
    side.close()


@pytest.fixture
def far(running, settings):
    running.reset()
    settings.FETCH_INTERNAL = ["127.0.0.1"]
    return running


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/",
        "http://172.16.0.9/", "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/", "http://[fe80::1]/",
        "http://[fd00::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://224.0.0.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_our_own_network_is_not_asked(address):
    with pytest.raises(Unfetched, match=r"not open to this service|no machine"):
        fetch(address, io.BytesIO())


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://x/",
        "http://",
        "http://a:b@127.0.0.1/",
        "http://x:99999999/",
        "javascript:1",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(address):
    with pytest.raises(Unfetched, match="no address of the web"):
        fetch(address, io.BytesIO())


def test_what_an_operator_lists_is_let_through_and_nothing_beside_it(far, settings):
    far.answers["/a"] = b"hello"
    into = io.BytesIO()
    assert fetch(f"{far.url}/a", into).size == 5 and into.getvalue() == b"hello"
    settings.FETCH_INTERNAL = ["127.0.0.0/8"]
    assert permitted_address("127.0.0.1", 80) == "127.0.0.1"
    settings.FETCH_INTERNAL = ["10.0.0.0/8"]
    with pytest.raises(Unfetched):
        fetch(f"{far.url}/a", io.BytesIO())


def test_a_redirect_into_our_own_network_is_refused(far):
    far.answers["/out"] = (302, {"Location": "http://169.254.169.254/secret"}, b"")
    with pytest.raises(Unfetched, match="not open to this service"):
        fetch(f"{far.url}/out", io.BytesIO())


def test_redirects_are_followed_a_few_times_and_never_in_a_circle(far):
    far.answers["/one"] = (301, {"Location": "/two"}, b"")
    far.answers["/two"] = b"there"
    assert fetch(f"{far.url}/one", io.BytesIO()).url == f"{far.url}/two"
    far.answers["/two"] = (302, {"Location": "/one"}, b"")
    with pytest.raises(Unfetched, match="circle"):
        fetch(f"{far.url}/one", io.BytesIO())
    far.answers["/more"] = lambda query: (302, {"Location": f"/more?n={int(query.get('n', 0)) + 1}"}, b"")
    with pytest.raises(Unfetched, match="leads on more"):
        fetch(f"{far.url}/more", io.BytesIO())


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_larger_than_allowed_is_cut_off_also_when_it_comes_packed(far, packed):
    far.answers["/large"] = bomb(8) if packed else bytes(8 * 1024**2)
    into = io.BytesIO()
    with pytest.raises(Unfetched, match="larger than 1 MB"):
        fetch(f"{far.url}/large", into, bounds=Bounds(size=1024**2))
    assert len(into.getvalue()) <= 1024**2


def test_an_answer_that_drips_is_cut_off_in_time(far):
    far.answers["/slow"] = (200, {"X-Slow": "1"}, bytes(400))
    began = time.monotonic()
    with pytest.raises(Unfetched, match="too long"):
        fetch(f"{far.url}/slow", io.BytesIO(), bounds=Bounds(seconds=0.6))
    assert time.monotonic() - began < 10


def test_half_an_answer_is_no_answer(far):
    far.answers["/half"] = (200, {"Content-Length": "1000"}, b"half")
    with pytest.raises(Unfetched):
        fetch(f"{far.url}/half", io.BytesIO(), bounds=Bounds(seconds=2))


def test_the_connection_goes_to_the_address_that_was_looked_at(far, settings):
    """A name of two addresses, one of them ours, is refused whole; the first that is asked is the one that was seen."""
    names = {entry[4][0] for entry in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    settings.FETCH_INTERNAL = []
    with pytest.raises(Unfetched):
        permitted_address("localhost", 80)
    settings.FETCH_INTERNAL = ["localhost"]
    assert permitted_address("localhost", 80) in names


def test_what_the_other_side_answered_is_told(far):
    with pytest.raises(Unfetched, match="404") as told:
        fetch(f"{far.url}/nothing", io.BytesIO())
    assert told.value.answered == 404
    with pytest.raises(Unfetched, match="does not answer"):
        fetch("http://127.0.0.1:9/", io.BytesIO(), bounds=Bounds(seconds=2))
