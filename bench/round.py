"""A round of one form over 8,500 villages and twelve months: issuing it, and the page on which its answers stand."""

import time
from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from bench.calls import answers, issuer_and_posts, signed_in
from config.demonstration.villages import WHOLE, enter_villages
from sala.access.actor import command
from sala.collection.models import Expected, Form, FormVersion, RoundForm
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations
from sala.people.models import Position
from sala.places.models import Area, Level

PACK = "laos"  # a real country's provinces and districts; the villages are made here and invented
MONTHS = 12
MOST = 250  # milliseconds
WORDS = Translated(lo="ນ້ຳຂອງບ້ານ", en="Water of villages")

# Seven of ten approved, one to be checked, one of twenty returned, a few waived, the rest missing; some came late.
ANSWERED = """
update collection_expected set
  state = case when id % 20 < 14 then 'approved' when id % 20 < 16 then 'received' when id % 20 = 16 then 'returned'
               when id % 20 = 17 then 'waived' else 'waiting' end,
  reason = case when id % 20 = 17 then 'cut off' else '' end,
  waived_at = case when id % 20 = 17 then now() end,
  received_at = case when id % 20 < 17 then now() + (id % 90) * interval '1 day' end
"""


def make_form(owner) -> Form:
    """A form in use, without the reading of a workbook, which is measured elsewhere."""
    level, now = Level.objects.get(rank=3), clock.now()
    form = Form.objects.create(
        slug="bench-water", form_id="bench_water", title=WORDS, owner=owner, about="place", level=level,
        is_published=True, is_invented=True,
    )  # fmt: skip
    FormVersion.objects.create(
        form=form, number=1, version="1", state="current", is_published=True, file_name="x", sha256="0" * 64, bytes=0,
        title="x", xform="", md5="", uploaded_at=now, published_at=now,
    )  # fmt: skip
    return form


def run(report) -> None:
    start = time.perf_counter()
    villages = enter_villages(command(), WHOLE).report["new"]
    report.row("round", f"enter {villages:,} villages from a list", time.perf_counter() - start, "s")
    actor, issuer, _posts = issuer_and_posts()
    form = make_form(issuer.organisation)
    posts = Position.objects.filter(organisation__area__level__rank=2, closed_on__isnull=True)
    offices = list(
        posts.order_by("organisation__area_id", "pk").distinct("organisation__area_id").select_related("organisation")
    )
    months = [f"{clock.today().year}-{month:02d}" for month in range(1, MONTHS + 1)]
    call = operations.draft_call(
        actor, issuer=issuer, kind="form-round", title=WORDS, purpose=WORDS, instruction=WORDS, asker="forms",
        due_on=clock.today() + timedelta(days=60), is_invented=True,
        asked=[operations.Asked(post, period=month) for post in offices for month in months],
    )  # fmt: skip
    RoundForm.objects.create(call=call, form=form)
    start = time.perf_counter()
    operations.issue_call(actor, call)
    report.row("round", f"issue a round of {len(offices):,} offices, {MONTHS} months", time.perf_counter() - start, "s")
    expected = Expected.objects.count()
    report.row("round", "answers that it expects", expected, "", target=villages * MONTHS, better="more")
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED)
        # as the database does by itself a while later
        cursor.execute("vacuum analyze collection_expected, duties_assignment, duties_call, collection_roundform")
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by hash
    browser = signed_in(issuer)
    page = f"/calls/{call.reference}/answers/"
    district = Area.objects.filter(level__rank=2, ended_on__isnull=True).order_by("code")[70]
    for name, query in (
        ("the whole", ""),
        ("a month", f"?period={months[3]}"),
        ("a province", f"?place={district.parent.code}"),
        ("a district", f"?place={district.code}"),
        ("the waived", "?state=waived"),
    ):
        took, statements = answers(browser, page + query)
        report.row("round", f"page of its answers, {name}, 95th percentile", took, "ms", target=MOST)
        report.row("round", f"SQL statements of it, {name}", statements, "")
