"""Parts of a kept file over HTTP: any length, never of two files glued together, nothing that makes the server fail."""

import pytest
from django.test import RequestFactory

from sala.core.sending import begins_file, file_or_part

WHOLE = bytes(range(256)) * 80_000  # 20 MB


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "map.tif"
    path.write_bytes(WHOLE)
    return path


def ask(file, method="get", **headers):
    request = getattr(RequestFactory(), method)(
        "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return request, file_or_part(request, file, "image/tiff")


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_download_that_broke_off_goes_on_to_the_end(file):
    _request, whole = ask(file)
    assert content(whole) == WHOLE and whole["Accept-Ranges"] == "bytes"
    _request, rest = ask(file, range="bytes=1000-", if_range=whole["ETag"])
    assert rest.status_code == 206 and content(rest) == WHOLE[1000:]
    assert rest["Content-Length"] == str(len(WHOLE) - 1000) and rest["ETag"] == whole["ETag"]
    assert rest["Content-Range"] == f"bytes 1000-{len(WHOLE) - 1}/{len(WHOLE)}"


@pytest.mark.parametrize(("asked", "part"), [
    ("bytes=0-9", WHOLE[:10]), ("bytes=-10", WHOLE[-10:]), ("bytes=100-199", WHOLE[100:200]), ("bytes=5-99999999999", WHOLE[5:]),
])  # fmt: skip
def test_each_part_is_the_bytes_that_were_asked_for(file, asked, part):
    assert content(ask(file, range=asked)[1]) == part


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=0-1,5-9", "lines=1-2", "bytes=" + "1" * 5000 + "-", "bytes=x-y"]
)
def test_what_is_no_single_range_is_answered_with_the_whole(file, asked):
    answer = ask(file, range=asked)[1]
    assert answer.status_code == 200 and content(answer) == WHOLE


@pytest.mark.parametrize("asked", [f"bytes={len(WHOLE)}-", "bytes=9-5", "bytes=-0"])
def test_bytes_that_are_not_there_are_refused(file, asked):
    assert ask(file, range=asked)[1].status_code == 416


def test_a_file_that_was_written_anew_is_sent_whole_and_not_glued_to_the_first_half(file):
    before = ask(file)[1]["ETag"]
    file.write_bytes(WHOLE[:-1])
    answer = ask(file, range="bytes=10-", if_range=before)[1]
    assert answer.status_code == 200 and content(answer) == WHOLE[:-1] and answer["ETag"] != before


def test_who_takes_a_file_is_counted_once_and_who_only_asks_for_its_length_is_not(file):
    assert begins_file(*ask(file)) and begins_file(*ask(file, range="bytes=0-5"))
    assert not begins_file(*ask(file, range="bytes=6-9")) and not begins_file(*ask(file, method="head"))
