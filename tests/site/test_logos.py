"""The logo of a front door: sent by its house, drawn anew in the child, shown in the header of its pages only."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image, PngImagePlugin

from sala.core.files import store
from sala.journal.models import Event
from sala.site import policy
from sala.site.models import Portal
from tests.site.test_portals import door

__all__ = ["door"]

pytestmark = pytest.mark.django_db
WORDS = {"words_lo": "ກາສຸຂະພາບ", "words_en": "Emblem of health"}


def png(width: int = 800, height: int = 400, colour: str = "red", note: str = "") -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", note)
    target = io.BytesIO()
    Image.new("RGBA", (width, height), colour).save(target, "PNG", pnginfo=notes)
    return target.getvalue()


def upload(content: bytes, name: str = "logo.png") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content, "image/png"), **WORDS}


def page_of(browser, door: Portal, path: str = "/") -> str:
    with override_settings(ALLOWED_HOSTS=["*"]):
        return browser.get(path, headers={"host": door.host}).content.decode()


def test_a_logo_is_shown_small_with_its_words_and_kept_by_browsers(visit, door):
    address = f"/portals/{door.code}/logo/"
    assert visit("colleague").get(address).status_code == 200
    assert visit("colleague").post(address, upload(png(note="secret of the camera"))).status_code == 302
    door.refresh_from_db()
    page = page_of(visit(), door)
    assert f'<img class="logo" src="{door.logo_url}" alt="Emblem of health">' in page
    assert 'class="logo"' not in visit().get("/").content.decode()  # the front door beside it keeps the common mark
    answer = visit().get(door.logo_url)
    content = b"".join(answer.streaming_content)
    with Image.open(io.BytesIO(content)) as shown:
        assert shown.format == "PNG" and shown.size == (192, 96) and not shown.info.get("Comment")
    assert answer["Content-Type"] == "image/png" and "immutable" in answer["Cache-Control"]
    assert b"secret" not in content
    assert Event.objects.filter(verb=policy.EDIT, subject_id=door.pk).count() == 1


def test_another_logo_has_another_address_and_none_brings_the_mark_back(visit, door):
    browser, address = visit("colleague"), f"/portals/{door.code}/logo/"
    browser.post(address, upload(png()))
    first = Portal.objects.get(pk=door.pk).logo_url
    browser.post(address, upload(png(colour="blue")))
    second = Portal.objects.get(pk=door.pk).logo_url
    assert first != second and visit().get(first).status_code == 404 and visit().get(second).status_code == 200
    browser.post(address, {"words_lo": "ໃໝ່", "words_en": "Other words"})
    assert f'src="{second}" alt="Other words"' in page_of(visit(), door)
    assert browser.post(address, {"none": "on", "words_lo": "", "words_en": ""}).status_code == 302
    assert 'class="logo"' not in page_of(visit(), door) and visit().get(second).status_code == 404


def huge() -> bytes:
    """A picture of 100 million pixels in few bytes."""
    target = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(target, "PNG", optimize=True)
    return target.getvalue()


@pytest.mark.parametrize(("content", "words"), [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a kind of file that is read here"),
    (b"\xff\xd8\xff a photo", "not a kind of file that is read here"),
    (png()[:200], "damaged"),
    (huge(), "damaged"),
    (png() + b" " * 500_000, "larger than 500 kB"),
    (b"", "empty"),
])  # fmt: skip
def test_what_is_no_small_png_is_sent_back_and_nothing_is_kept(visit, door, content, words):
    answer = visit("colleague").post(f"/portals/{door.code}/logo/", upload(content))
    assert answer.status_code == 200 and words in answer.content.decode()
    assert Portal.objects.get(pk=door.pk).logo_sha256 == ""


def test_a_logo_needs_words_and_a_file(visit, door):
    address = f"/portals/{door.code}/logo/"
    assert "Choose the file of the logo" in visit("colleague").post(address, WORDS).content.decode()
    answer = visit("colleague").post(address, {**upload(png()), "words_lo": ""})
    assert "The text in the country" in answer.content.decode()
    assert Portal.objects.get(pk=door.pk).logo_sha256 == ""


@pytest.mark.parametrize("who", ["owner", "stranger", "public"])
def test_nobody_else_sends_a_logo(visit, door, who):
    answer = visit(who).post(f"/portals/{door.code}/logo/", upload(png()))
    assert answer.status_code in (302, 401, 403)
    assert Portal.objects.get(pk=door.pk).logo_sha256 == ""


def test_the_logo_of_an_internal_front_door_reaches_its_page_of_sign_in(visit, door):
    visit("colleague").post(f"/portals/{door.code}/logo/", upload(png()))
    Portal.objects.filter(pk=door.pk).update(tier="government")
    door.refresh_from_db()
    assert store.path_of(door.logo_sha256).is_file()
    assert door.logo_url in page_of(visit(), door, "/sign-in/")
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert visit().get(door.logo_url, headers={"host": door.host}).status_code == 200
