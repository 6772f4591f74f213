"""A round of one form over 8,500 villages and twelve months: issuing it, and the page on which its answers stand."""

import time
from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from bench.calls import answers, issuer_and_posts, signed_in
from sala.collection.models import Expected, Form, FormVersion, RoundForm
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations
from sala.people.models import Position
from sala.places.models import Area, Level

PACK = "laos"  # a real country's provinces and districts; the villages are made here and invented
VILLAGES, MONTHS = 8_500, 12
MOST = 250  # milliseconds
WORDS = Translated(lo="ນ້ຳຂອງບ້ານ", en="Water of villages")

MAKE_VILLAGES = """
with districts as (
  select area.id, area.path, area.code, row_number() over (order by area.code) as place, count(*) over () as many
  from places_area area join places_level level on level.id = area.level_id
  where level.rank = 2 and area.ended_on is null
),
made as (
  insert into places_area (level_id, code, name, parent_id, path, source, certainty, is_invented)
  select %(level)s, districts.code || '-V' || number, jsonb_build_object('lo', 'ບ້ານ ' || number, 'en', 'Village ' || number),
         districts.id, districts.path, 'invented', 'example', true
  from generate_series(1, %(villages)s) number
  join districts on districts.place = number %% districts.many + 1
  returning id, parent_id
),
held as (
  insert into places_parenthood (area_id, parent_id, valid) select id, parent_id, daterange('2010-01-01', null) from made
)
select count(*) from made
"""
# Seven of ten approved, one to be checked, one of twenty returned, a few waived, the rest missing; some came late.
ANSWERED = """
update collection_expected set
  state = case when id % 20 < 14 then 'approved' when id % 20 < 16 then 'received' when id % 20 = 16 then 'returned'
               when id % 20 = 17 then 'waived' else 'waiting' end,
  reason = case when id % 20 = 17 then 'cut off' else '' end,
  waived_at = case when id % 20 = 17 then now() end,
  received_at = case when id % 20 < 17 then now() + (id % 90) * interval '1 day' end
"""


def make_villages() -> int:
    with connection.cursor() as cursor:
        cursor.execute(MAKE_VILLAGES, {"level": Level.objects.get(rank=3).pk, "villages": VILLAGES})
        count = cursor.fetchone()[0]
        cursor.execute("update places_area set path = path || id || '/' where source = 'invented' and is_invented")
        cursor.execute("analyze places_area, places_parenthood")
    return count


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
    villages = make_villages()
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
        cursor.execute("analyze collection_expected")
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
