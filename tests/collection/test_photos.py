"""Photos of answers: opened in the child only, shown small, held against the time and the place of the answer."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import ExifTags, Image
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.collection.flags import photo
from sala.collection.jobs import look_at_photos_of
from sala.collection.models import Picture, SubmissionFile
from sala.collection.operations.reading import read_submission
from sala.core import clock
from sala.core.files import photos, store
from sala.core.files.refusals import Refused
from tests.collection.answering import send

pytestmark = pytest.mark.django_db


def jpeg(taken="2026:09:01 08:30:00", lat=(20, 30, 0), lon=(100, 15, 0), offset="", side=1600, orientation=1):
    """A photo as a phone writes it; degrees, minutes and seconds north and east."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = orientation
    more = notes.get_ifd(ExifTags.IFD.Exif)
    more[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        more[ExifTags.Base.OffsetTimeOriginal] = offset
    if lat:
        place = notes.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", lat
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", lon
    held = BytesIO()
    Image.new("RGB", (side, side // 2), "#2a6").save(held, "JPEG", exif=notes)
    return held.getvalue()


def bomb():
    """A PNG of a few hundred bytes that says it has ten thousand million points."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def sent(world, form, asked, tmp_path):
    """sent(content, name) → an answer filled in today in the first district, with this photo."""

    def make(content, name="photo.jpg", media_type="image/jpeg"):
        path = tmp_path / name
        path.write_bytes(content)
        digest, size = store.keep(path)
        found = send(
            world, form, village="0101", people="1", photo=name, where="20.5 100.25 0 5", files=[name],
            received=clock.now(),
        )  # fmt: skip
        SubmissionFile.objects.create(
            submission=found, name=name, media_type=media_type, sha256=digest, bytes=size, received_at=clock.now()
        )
        read_submission(found)
        return found

    return make


def codes(answer):
    answer.reading.refresh_from_db()
    return [(flag["code"], flag["path"]) for flag in answer.reading.flags]


def test_what_the_camera_wrote_is_read_and_the_small_copy_tells_none_of_it(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(offset="+07:00", orientation=6))
    told = photos.look(str(path), str(tmp_path / "small.jpg"))
    assert told == {"width": 800, "height": 1600, "taken": "2026-09-01T08:30:00+07:00", "lat": 20.5, "lon": 100.25}
    with Image.open(tmp_path / "small.jpg") as small:
        assert small.size == (240, 480) and not small.getexif()


@pytest.mark.parametrize("content", [b"", b"no picture", b"<svg onload='alert(1)'/>", jpeg()[:300], bomb()])
def test_what_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(Refused):
        photos.look(str(path), str(tmp_path / "small.jpg"))


def test_a_photo_without_notes_or_with_wrong_ones_has_neither_time_nor_place(tmp_path):
    path = tmp_path / "a.jpg"
    for taken, lat in (("", None), ("0000:00:00 00:00:00", (95, 0, 0)), ("yesterday", (0, 0, 0))):
        path.write_bytes(jpeg(taken=taken, lat=lat, lon=(0, 0, 0)))
        told = photos.look(str(path), str(tmp_path / "small.jpg"))
        assert (told["taken"], told["lat"], told["lon"]) == ("", None, None)


def test_a_photo_from_elsewhere_is_told_after_the_worker_opened_it(sent):
    answer = sent(jpeg(lat=(20, 45, 0)))
    assert ProcrastinateJob.objects.filter(task_name="collection.look_at_photos").count() == 1
    assert codes(answer) == [] and not Picture.objects.exists()
    assert look_at_photos_of(answer.pk) == 1
    assert codes(answer) == [("photo-far", "/data/photo")]
    assert look_at_photos_of(answer.pk) == 0


def test_an_old_photo_is_told_against_the_day_the_answer_was_filled_in(sent):
    answer = sent(jpeg())
    look_at_photos_of(answer.pk)
    assert codes(answer) == []
    picture = Picture.objects.get()
    assert picture.taken_at.isoformat() == "2026-09-01T01:30:00+00:00"
    told = photo("/data/photo", taken=picture.taken_at, metres=None, ended=picture.taken_at + timedelta(days=30))
    assert [flag["code"] for flag in told] == ["photo-earlier"]


def test_a_hostile_photo_is_told_and_never_shown(sent, visit):
    answer = sent(bomb(), "bomb.png", "image/png")
    look_at_photos_of(answer.pk)
    assert codes(answer) == [("photo-unreadable", "/data/photo")]
    file = answer.files.get()
    assert visit("owner").get(f"/answers/{answer.pk}/files/{file.pk}/small.jpg").status_code == 404
    assert "small.jpg" not in visit("owner").get(f"/answers/{answer.pk}/").content.decode()


def test_the_small_copy_is_seen_by_those_who_see_the_answer(sent, visit):
    answer = sent(jpeg())
    look_at_photos_of(answer.pk)
    address = f"/answers/{answer.pk}/files/{answer.files.get().pk}/small.jpg"
    assert f'src="{address}"' in visit("owner").get(f"/answers/{answer.pk}/").content.decode()
    shown = visit("owner").get(address)
    assert shown.headers["content-type"] == "image/jpeg" and "private" in shown.headers["cache-control"]
    assert {visit(who).get(address).status_code for who in ("stranger", "public")} == {404}
