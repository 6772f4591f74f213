"""Large files: the page answers at once, the worker reads, a killed worker leaves nothing half kept."""

import os
import signal
import subprocess
import sys
import time

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from config.jobs import SILENCE, retry_stalled, run_errand
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Edition
from sala.core.language import Translated
from sala.core.models import Errand, Term
from sala.documents.models import Document
from sala.journal.models import Event
from sala.people.models import PositionGrant
from tests.conftest import ROOT
from tests.faults.conftest import environment
from tests.world import World

CLINICS = "code;name;year;clinics\n0101;Nongsai;2023;12\n0102;Huaykhao;2023;7\n"


@pytest.fixture
def everything_is_large(settings):
    settings.ERRAND_AT_ONCE = -1


def make_dataset(world) -> Dataset:
    actor = world.actor("owner")
    made = operations.create_dataset(
        actor, owner=world.organisation("HEALTH-P01"), slug="clinics-of-phuthong", place=world.area("01"),
        title=Translated(lo="ສຸກສາລາ", en="Clinics of Phuthong"), tier="public",
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    operations.add_distribution(actor, made, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    return made


def send(browser, text=CLINICS, name="clinics.csv", **more):
    sent = {"file": SimpleUploadedFile(name, text.encode()), "period": "2023", **more}
    return browser.post("/datasets/clinics-of-phuthong/table/send/", sent)


def work_off() -> None:
    """What the worker does, here and now."""
    for errand in Errand.objects.filter(state="waiting").order_by("asked_at"):
        run_errand(str(errand.pk))


@pytest.mark.django_db
def test_a_small_file_is_read_at_once_and_leads_on(world, visit):
    make_dataset(world)
    answer = send(visit("owner"))
    assert answer["Location"] == "/datasets/clinics-of-phuthong/table/1/settle/"
    assert Edition.objects.get().state == "received"


@pytest.mark.django_db
def test_a_large_file_answers_at_once_and_its_page_leads_to_what_was_found(world, visit, everything_is_large):
    make_dataset(world)
    owner = visit("owner")
    page = send(owner)["Location"]
    assert page.startswith("/errands/") and not Edition.objects.exists()
    waiting = owner.get(page)
    assert "Waiting" in waiting.content.decode() and waiting["Refresh"] == "4"
    work_off()
    assert owner.get(page)["Location"] == "/datasets/clinics-of-phuthong/table/1/settle/"
    edition = Edition.objects.get()
    assert edition.received_by_id in world.actor("owner").position_ids
    assert Event.objects.filter(text__contains="edition received", position_id=edition.received_by_id).count() == 1
    settled = owner.post("/datasets/clinics-of-phuthong/table/1/settle/", {"role_code": "area", "role_year": "period"})
    assert settled["Location"].startswith("/errands/")
    work_off()
    edition.refresh_from_db()
    assert edition.state == "draft" and edition.rows == 2 and edition.areas.count() == 2


@pytest.mark.django_db
def test_others_see_nothing_of_an_errand(world, visit, everything_is_large):
    make_dataset(world)
    page = send(visit("owner"))["Location"]
    for who in ("colleague", "stranger", "citizen"):
        assert visit(who).get(page).status_code == 404
        assert visit(who).get(f"/api/v1{page.rstrip('/')}").status_code == 404
    assert visit().get(page).status_code == 404
    assert visit("owner").get(f"/api/v1{page.rstrip('/')}").json()["state"] == "waiting"


@pytest.mark.django_db
def test_a_refusal_stands_on_the_page_in_the_senders_language_and_nothing_is_kept(world, visit, everything_is_large):
    make_dataset(world)
    owner = visit("owner")
    page = send(owner, text="\x89PNG\r\n\x1a\n" + "0" * 50, name="photo.csv")["Location"]
    owner.get("/?lang=lo")
    work_off()
    refused = owner.get(page)
    assert "Refresh" not in refused.headers and not Edition.objects.exists()
    assert Errand.objects.get().refusal["advice"] in refused.content.decode()


@pytest.mark.django_db
def test_a_right_that_was_lost_while_waiting_is_lost(world, visit, everything_is_large):
    make_dataset(world)
    send(visit("owner"))
    PositionGrant.objects.filter(position__in=world.actor("owner").position_ids).delete()
    work_off()
    assert Errand.objects.get().state == "refused" and not Edition.objects.exists()


@pytest.mark.django_db
def test_done_twice_is_done_once(world, visit, everything_is_large):
    make_dataset(world)
    send(visit("owner"))
    work_off()
    run_errand(str(Errand.objects.get().pk))
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_a_large_document_is_entered_with_all_that_was_written(world, visit, everything_is_large):
    records = visit("records")
    kind = Term.objects.filter(scheme="document-kind").first()
    sent = {"owner": "HEALTH-P01", "kind": kind.pk, "title_lo": "ບົດລາຍງານ", "title_en": "Report", "number": "9/HP",
            "areas": "01, 0101", "file": SimpleUploadedFile("report.txt", "ຄຳສັບ ໃນບົດລາຍງານ".encode())}  # fmt: skip
    page = records.post("/documents/add/", sent)["Location"]
    assert page.startswith("/errands/") and not Document.objects.filter(number="9/HP").exists()
    work_off()
    document = Document.objects.get(number="9/HP")
    assert records.get(page)["Location"] == document.get_absolute_url()
    assert {area.code for area in document.areas.all()} == {"01", "0101"} and document.pages.count() == 1


@pytest.mark.django_db
def test_the_api_answers_202_for_a_large_file_and_tells_what_came_of_it(world, visit, everything_is_large):
    make_dataset(world)
    owner = visit("owner")
    answer = owner.post(
        "/api/v1/datasets/clinics-of-phuthong/table/editions", {"file": SimpleUploadedFile("a.csv", CLINICS.encode())}
    )
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    work_off()
    told = owner.get(answer.json()["url"]).json()
    assert told["state"] == "done" and told["result"].endswith("/table/1/settle/")


KILLED = """
import sys, time
import django
django.setup()
from sala.catalogue.operations import editions

def stop(*arguments, **options):
    print("half kept", flush=True)
    time.sleep(60)

editions.record = stop
sys.argv = ["manage.py", "worker", "--once"]
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


def test_a_worker_killed_between_reading_and_keeping_leaves_nothing_and_the_next_one_finishes(
    committed, visit, settings
):
    settings.ERRAND_AT_ONCE = -1
    make_dataset(World())
    send(visit("owner"))
    connection.close()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=ROOT, env=environment(committed, SALA_FILES=str(settings.FILES)),
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert "half kept" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.2)
    assert not Edition.objects.exists() and Errand.objects.get().state == "reading"
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_workers set last_heartbeat = now() - %s * interval '1 second'", [SILENCE + 1]
        )
    async_to_sync(retry_stalled.func)(timestamp=0)
    connection.close()
    done = subprocess.run(
        [sys.executable, "manage.py", "worker", "--once"], cwd=ROOT, timeout=60, check=True,
        env=environment(committed, SALA_FILES=str(settings.FILES)),
    )  # fmt: skip
    assert done.returncode == 0
    assert Errand.objects.get().state == "done" and Edition.objects.count() == 1
