"""A phone over a real line: list, manifest, files, an answer in five parts, cut at every byte, taken up again, corrected."""

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from sala.collection import operations
from sala.collection.models import FormMedia, Submission, SubmissionFile, Unread
from sala.core import clock
from sala.core.files import store
from sala.journal.models import Event
from tests.clients.collect import Collect, Cut, read_reply
from tests.collection.conftest import CHOICES, expect, write_workbook
from tests.conftest import connected_to
from tests.world import World

PHOTOS = 5
SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("text", "village", "ລະຫັດບ້ານ", "Code of the village", "yes", "", ""),
    ("select_one water", "water", "ແຫຼ່ງນ້ຳ", "Source of water", "", "", ""),
    ("select_one_from_file wells.csv", "well", "ນ້ຳສ້າງ", "Well", "", "", ""),
    *[("image", f"photo{n}", f"ຮູບ {n}", f"Photo {n}", "", "", "") for n in range(PHOTOS)],
]
WELLS = "name,label\nw1,ນ້ຳສ້າງ 1\n".encode()


@pytest.fixture(scope="module")
def field(served, django_db_blocker, tmp_path_factory):
    """A form with a list beside it that a round asks of a post, and two phones of the post, on the served site."""
    folder = tmp_path_factory.mktemp("field")
    with django_db_blocker.unblock(), connected_to(served.database):
        world = World()
        path = write_workbook(folder / "wells.xlsx", SURVEY, CHOICES, form_id="wells", form_title="ນ້ຳສ້າງ")
        form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
        (folder / "wells.csv").write_bytes(WELLS)
        digest, size = store.keep(folder / "wells.csv")
        FormMedia.objects.create(
            version=form.versions.get(), name="wells.csv", sha256=digest, bytes=size, made_at=clock.now(),
            md5=hashlib.md5(WELLS).hexdigest(),
        )  # fmt: skip
        operations.publish_version(world.actor("colleague"), form.versions.get())
        expect(world, form, "LAND-P02-data")
        secrets = [
            operations.give_phone(world.actor("admin"), world.position("LAND-P02-data"), name=name)[1] for name in "ab"
        ]
    return [Collect(f"{served.url}/openrosa/{secret}") for secret in secrets]


@pytest.fixture
def kept(served, django_db_blocker):
    """kept(name) → (XML, {file: bytes}, unread, events) of the answers with this instanceID, one for each row."""

    def find(*names):
        with django_db_blocker.unblock(), connected_to(served.database):
            return [
                (
                    row.xml.encode(), {file.name: store.path_of(file.sha256).read_bytes() for file in row.files.all()},
                    Unread.objects.filter(submission=row).count(),
                    Event.objects.filter(subject_type="answer", subject_id=row.pk).count(),
                )
                for row in Submission.objects.filter(instance_id__in=names)
            ]  # fmt: skip

    return find


def photos(size=3000):
    chance = random.Random(7)
    return {f"{n}.jpg": b"\xff\xd8" + chance.randbytes(size) for n in range(PHOTOS)}


def filled(phone, files=None, corrects="", **answers):
    form = phone.forms()[0]
    xform = phone.get(form["downloadUrl"], form["hash"])
    named = {f"photo{n}": name for n, name in enumerate(files or {})}
    return phone.fill(xform, {"village": "0201", "water": "well", **named, **answers}, files or {}, corrects)


def test_the_form_and_its_files_reach_the_phone_whole(field):
    phone = field[0]
    form = phone.forms()[0]
    assert form["formID"] == "wells" and form["name"] == "ນ້ຳສ້າງ"
    assert b"/data/photo4" in phone.get(form["downloadUrl"], form["hash"])
    assert phone.files_of(form) == {"wells.csv": WELLS}
    first = phone.form_list()
    again = phone.form_list(If_None_Match=first.headers["etag"])
    assert again.status == 304 and again.body == b""


def test_an_answer_in_five_parts_is_kept_byte_for_byte(field, kept):
    phone = field[0]
    instance = filled(phone, photos())
    parts = phone.parts(instance, most=4000)
    assert len(parts) == PHOTOS
    replies = [phone.send(part) for part in parts]
    assert all(reply.is_success for reply in replies)
    assert [reply.message.count(".jpg") for reply in replies] == [4, 3, 2, 1, 0]
    assert kept(instance.name) == [(instance.xml, instance.files, 1, PHOTOS)]


def test_a_line_that_breaks_between_and_within_parts_costs_nothing(field, kept):
    phone = field[0]
    instance = filled(phone, photos())
    parts = phone.parts(instance, most=4000)
    assert phone.send(parts[0]).is_success
    with pytest.raises(Cut):
        phone.send(parts[1], cut_after=len(parts[1]) - 1500)
    assert all(reply.is_success for reply in phone.submit(instance, most=4000))
    (xml, files, _unread, _events) = kept(instance.name)[0]
    assert xml == instance.xml and files == instance.files


def test_an_answer_cut_after_every_single_byte_is_kept_once(field, kept, served, django_db_blocker):
    phone = field[0]
    instance = filled(phone, {"0.jpg": b"\xff\xd8" + b"x" * 40})
    post = phone.parts(instance)[0]
    for sent in range(len(post)):
        with pytest.raises(Cut):
            phone.send(post, cut_after=sent)
    assert [row[1] for row in kept(instance.name)] in ([], [instance.files])
    assert phone.send(post).is_success
    assert [row[:2] for row in kept(instance.name)] == [(instance.xml, instance.files)]
    assert left_over(store.path_of("x").parent.parent) == []


def left_over(folder):
    return [path.name for path in folder.glob(f"{store.INCOMING}*")]


def test_an_answer_whose_acknowledgement_is_lost_is_sent_again_and_counts_once(field, kept):
    phone = field[0]
    instance = filled(phone)
    post = phone.parts(instance)[0]
    for _again in range(5):
        with pytest.raises(Cut):
            phone.send(post, cut_after=len(post))
    reply = phone.send(post)
    assert reply.is_success
    assert kept(instance.name) == [(instance.xml, {}, 1, 1)]


def test_ten_at_once_make_one_answer_and_ten_successes(field, kept):
    instance = filled(field[0], photos(20_000))
    posts = [field[n % 2].parts(instance)[0] for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(field[0].send, posts))
    assert [reply.status for reply in replies] == [201] * 10
    assert [row[:3] for row in kept(instance.name)] == [(instance.xml, instance.files, 1)]


def test_parts_at_once_in_any_order_make_one_answer(field, kept):
    instance = filled(field[0], photos(20_000))
    parts = field[0].parts(instance, most=25_000) * 3
    random.Random(3).shuffle(parts)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(field[0].send, parts))
    assert all(reply.is_success for reply in replies)
    assert kept(instance.name) == [(instance.xml, instance.files, 1, PHOTOS)]


def test_a_body_in_chunks_of_unknown_number_is_taken(field, kept):
    phone = field[0]
    instance = filled(phone, photos(150_000))
    reply = phone.send(phone.post_of(instance, instance.files, Transfer_Encoding="chunked"))
    assert reply.is_success
    assert kept(instance.name)[0][:2] == (instance.xml, instance.files)
    other = filled(phone, photos(2000))
    chunked = phone.post_of(other, other.files, Transfer_Encoding="chunked")
    with pytest.raises(Cut):
        phone.send(chunked, cut_after=len(chunked) - 80)  # within the last boundary
    assert kept(other.name) == []
    with pytest.raises(Cut):
        phone.send(chunked, cut_after=len(chunked) - 7)  # all but the word that no chunk follows
    assert [row[1] for row in kept(other.name)] in ([], [other.files])
    assert phone.send(chunked).is_success
    assert [row[:2] for row in kept(other.name)] == [(other.xml, other.files)]


def test_a_correction_comes_in_the_line_of_the_first(field, kept, served, django_db_blocker):
    phone = field[0]
    first = filled(phone)
    assert phone.submit(first)[0].is_success
    second = filled(phone, corrects=first.name, village="0202")
    assert phone.submit(second)[0].is_success
    with django_db_blocker.unblock(), connected_to(served.database):
        row = Submission.objects.get(instance_id=second.name)
        assert row.root.instance_id == first.name and row.number == 2
    assert len(kept(first.name, second.name)) == 2


def test_a_wrong_length_or_checksum_is_refused_and_nothing_is_kept(field, kept):
    phone = field[0]
    instance = filled(phone, photos())
    good = phone.post_of(instance, instance.files)
    length = len(good.partition(b"\r\n\r\n")[2])
    short = phone.send(phone.post_of(instance, instance.files, Content_Length=str(length - 5000)))
    assert short.status == 400 and "did not arrive whole" in short.message
    wrong = phone.send(phone.post_of(instance, instance.files, Content_MD5="AAAAAAAAAAAAAAAAAAAAAA=="))
    assert wrong.status == 400 and "did not arrive whole" in wrong.message
    assert kept(instance.name) == []
    with phone.line(phone.door) as line:
        line.sendall(phone.post_of(instance, instance.files, Content_Length=str(length + 1000)))
    assert kept(instance.name) == []
    assert phone.send(good).is_success


def test_two_gigabytes_are_refused_before_they_come(field, served):
    phone = field[0]
    instance = filled(phone)
    head = phone.post_of(instance, {}, Content_Length=str(2 * 1024**3))
    with phone.line(phone.door) as line:
        line.sendall(head)
        reply = read_reply(line)
    assert reply.status == 413 and "256 MB" in reply.message


def test_words_for_the_holder_come_in_their_language(field):
    phone = Collect(field[0].door, language="lo")
    instance = filled(phone)
    assert phone.submit(instance)[0].message == "ໄດ້ຮັບແລ້ວ. ຂອບໃຈ."


def test_a_phone_taken_back_is_told_so_at_the_next_request(field, served, django_db_blocker, kept):
    with django_db_blocker.unblock(), connected_to(served.database):
        world = World()
        row, secret = operations.give_phone(world.actor("admin"), world.position("LAND-P02-data"), name="lost")
    phone = Collect(f"{served.url}/openrosa/{secret}")
    instance = filled(phone, photos())
    parts = phone.parts(instance, most=4000)
    assert phone.send(parts[0]).is_success
    with django_db_blocker.unblock(), connected_to(served.database):
        operations.revoke_phone(World().actor("admin"), row)
    reply = phone.send(parts[1])
    assert reply.status == 401 and "ask the office" in reply.message
    assert phone.ask("HEAD", f"{phone.door}/submission").status == 401
    assert list(kept(instance.name)[0][1]) == ["0.jpg"]
    again = Collect(field[1].door)
    assert all(reply.is_success for reply in again.submit(instance, most=4000))
    assert kept(instance.name)[0][:2] == (instance.xml, instance.files)


def test_nothing_is_left_over(served, django_db_blocker):
    with django_db_blocker.unblock(), connected_to(served.database):
        assert SubmissionFile.objects.exists()
        assert left_over(store.path_of("x").parent.parent) == []
