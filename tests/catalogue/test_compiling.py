"""Accepted figures of a closed call become one edition of the dataset it is about; every figure leads back."""

import pytest
from django.db import connection

from sala.access.actor import command
from sala.catalogue import operations
from sala.catalogue.jobs import compile_figures
from sala.catalogue.models import Edition, Figure, FigureTable
from sala.catalogue.operations.asking import Fill
from sala.catalogue.operations.compiling import compile_call
from sala.core import clock
from sala.duties import operations as duties
from sala.duties.models import Call
from sala.journal.models import Event

from .conftest import rows_of

pytestmark = pytest.mark.django_db


def queued():
    with connection.cursor() as cursor:
        cursor.execute("select args->>'event_id' from procrastinate_jobs where task_name = 'catalogue.compile_figures'")
        return [int(row[0]) for row in cursor.fetchall()]


def records_of(edition):
    page = rows_of(edition)
    return [dict(zip(page.names, values[1:], strict=True)) for values in page.rows]


def test_the_last_acceptance_queues_one_edition_with_every_cell_and_its_source(world, dataset, asked, accepted):
    assignment = accepted(asked(subject=dataset), **{"dropouts.male": Fill(reason="Lost"), "dropouts.total": Fill(reason="Lost")})  # fmt: skip
    assert len(queued()) == 1
    edition = Edition.objects.get(pk=compile_figures.func(queued()[0]))
    assert (edition.state, edition.period, edition.rows) == ("review", "2026", 6)
    rows = {f"{row['concept']}.{row['breakdown']}": row for row in records_of(edition)}
    reference = assignment.call.reference
    assert rows["pupils.male"]["value"] == 130
    assert rows["pupils.male"]["source"] == f"{reference}/{assignment.pk}/1/pupils.male"
    assert (rows["dropouts.male"]["value"], rows["dropouts.male"]["status"]) == (None, "gap")
    assert reference in edition.reason and "1" in edition.reason
    assert edition.sha256 and edition.area_map == {"01": [world.area("01").pk]}


def test_published_they_are_key_figures_of_the_place(world, dataset, asked, accepted):
    accepted(asked(subject=dataset))
    edition = Edition.objects.get(pk=compile_figures.func(queued()[0]))
    operations.publish_edition(world.actor("colleague"), edition)
    figure = Figure.objects.get(key_figure__code="pupils-female")
    assert (figure.value, figure.area.code, figure.period) == (120, "01", "2026")
    assert figure.key_figure.name.text("en").text == "Pupils – Female"


def test_running_the_job_twice_makes_one_edition(world, dataset, asked, accepted):
    accepted(asked(subject=dataset))
    made = {compile_figures.func(queued()[0]) for _time in range(2)}
    assert len(made) == 1 and Edition.objects.filter(distribution__code="asked").count() == 1


def test_a_run_cut_off_after_the_file_was_received_is_taken_up_again(world, dataset, asked, accepted):
    accepted(asked(subject=dataset))
    edition = Edition.objects.get(pk=compile_figures.func(queued()[0]))
    FigureTable.objects.update(edition=None)
    Edition.objects.filter(pk=edition.pk).update(state="received")
    again = compile_call(command(), Call.objects.get())
    assert again.pk == edition.pk and again.state == "review"


def test_what_was_not_accepted_when_the_issuer_closed_is_named_as_missing(world, dataset, asked, accepted):
    many = [duties.Asked(world.position("HEALTH-P01-data")), duties.Asked(world.position("HEALTH-D0101-data"), area=world.area("0101"))]  # fmt: skip
    first = accepted(asked(subject=dataset, many=many))
    assert first.call.state == "issued" and queued() == []
    duties.close_call(world.actor("caller"), first.call, reason="Enough is there")
    edition = Edition.objects.get(pk=compile_figures.func(queued()[0]))
    states = [row["status"] for row in records_of(edition)]
    assert states.count("given") == 6 and states.count("unanswered") == 6 and "1" in edition.reason


def test_a_call_about_nothing_or_not_closed_makes_no_edition(world, dataset, asked, accepted, filled):
    open_call = asked(subject=dataset, period="2020")
    assert compile_call(command(), open_call.call) is None
    accepted(asked())
    event = Event.objects.get(pk=queued()[0])
    assert compile_figures.func(event.pk) is None and not Edition.objects.exists()
    assert clock.today().year >= 2026
