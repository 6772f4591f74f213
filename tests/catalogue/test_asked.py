"""Figures asked by a call: laid down, filled in, checked, returned one by one, accepted; and never asked twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import DatabaseError

from sala.catalogue.askers.figures import Figures
from sala.catalogue.models import AskedFigure, FigureAnswer, FigureTable
from sala.catalogue.operations.asking import Column, Fill, Row, keep_figures, lay_out_table
from sala.catalogue.queries.asked import cells_of
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.asking import askers
from sala.duties.models import Assignment, Call
from sala.journal.models import Event
from sala.people.models import Appointment

pytestmark = pytest.mark.django_db


def fault_texts(assignment):
    return [(fault.item, fault.blocks) for fault in Figures().check(assignment)]


def test_the_list_of_askers_names_figures():
    assert isinstance(askers()["figures"], Figures)


def test_a_call_for_figures_cannot_be_issued_before_it_says_which_and_for_when(world, figure_call):
    call = figure_call(rows=None, period="")
    call.asker = "figures"
    call.save()
    with pytest.raises(Invalid) as refused:
        duties.issue_call(world.actor("caller"), call)
    assert {"figures", "period"} <= set(refused.value.fields)
    assert not AskedFigure.objects.filter(assignment__call=call).exists()


def test_a_post_that_stands_twice_for_the_same_place_is_named(world, figure_call, dataset):
    post = world.position("HEALTH-P01-data")
    call = figure_call(many=[duties.Asked(post), duties.Asked(post, subject=dataset)])
    with pytest.raises(Invalid, match="HEALTH-P01-data") as refused:
        duties.issue_call(world.actor("command"), call)
    assert list(refused.value.fields) == ["position"]


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        ([], [], "at least one"),
        ([Row("a", Translated(lo="ກ")), Row("a", Translated(lo="ຂ"))], [], "stands twice"),
        ([Row("a", Translated(en="only English"))], [], "country's language"),
        ([Row("a", Translated(lo="ກ"), sums=["b"])], [], "this is none: b"),
        ([Row("a", Translated(lo="ກ"), sums=["b"]), Row("b", Translated(lo="ຂ"), sums=["a"])], [], "each other"),
        ([Row("a", Translated(lo="ກ"), minimum=Decimal(5), maximum=Decimal(1))], [], "limits"),
        ([Row("a b", Translated(lo="ກ"))], [], "a b"),
        ([Row("a", Translated(lo="ກ"))], [Column("x", Translated(lo="ຂ"), sums=["a"])], "this is none: a"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_with_its_code(world, figure_call, rows, columns, words):
    call = figure_call(rows=None)
    with pytest.raises(Invalid, match=words):
        lay_out_table(world.actor("caller"), call, rows, columns)
    assert not FigureTable.objects.filter(call=call).exists()


@pytest.mark.parametrize("who", ["owner", "stranger", "citizen"])
def test_only_who_speaks_for_the_issuer_lays_the_table_down(world, figure_call, who):
    call = figure_call(rows=None)
    with pytest.raises(NotPermitted):
        lay_out_table(world.actor(who), call, [Row("a", Translated(lo="ກ"))])


def test_a_table_is_not_changed_once_the_call_is_issued(world, asked):
    with pytest.raises(Conflict):
        lay_out_table(world.actor("caller"), asked().call, [Row("a", Translated(lo="ກ"))])


def test_issuing_makes_one_cell_for_each_row_and_breakdown(world, asked):
    cells = cells_of(asked())
    assert [cell.asked.key for cell in cells] == [
        "pupils.female", "pupils.male", "pupils.total", "dropouts.female", "dropouts.male", "dropouts.total",
    ]  # fmt: skip
    assert {cell.asked.area.code for cell in cells} == {"01"} and {cell.asked.period for cell in cells} == {"2026"}


def test_only_the_post_asked_keeps_a_draft(world, asked):
    assignment = asked()
    for who in ("stranger", "colleague", "caller", "citizen"):
        with pytest.raises(NotPermitted):
            keep_figures(world.actor(who), assignment, {"pupils.female": Fill(value=Decimal(3))})
    assert keep_figures(world.actor("owner"), assignment, {"pupils.female": Fill(value=Decimal(3))}) == 1
    assert keep_figures(world.actor("owner"), assignment, {"pupils.female": Fill(value=Decimal(3))}) == 0
    assert keep_figures(world.actor("owner"), assignment, {"pupils.female": Fill()}) == 1
    assert all(cell.given is None for cell in cells_of(assignment))


def test_a_draft_is_not_shown_to_the_office_that_asks(world, asked, filled):
    assignment = filled(asked())
    assert Figures().items(world.actor("owner"), assignment)[0].answer == "120"
    assert Figures().items(world.actor("caller"), assignment)[0].answer == ""


@pytest.mark.parametrize(
    "fill",
    [
        Fill(value=Decimal(1), reason="both"),
        Fill(value=Decimal("NaN")),
        Fill(value=Decimal(10) ** 18),
        Fill(value=Decimal("0.1234567")),
        Fill(next_on=clock.today() + timedelta(days=9)),
        Fill(reason="later", next_on=clock.today()),
        Fill(reason="x" * 301),
    ],
)
def test_what_cannot_stand_in_a_cell_is_refused_and_nothing_of_the_lot_is_kept(world, asked, fill):
    assignment = asked()
    with pytest.raises(Invalid) as refused:
        keep_figures(world.actor("owner"), assignment, {"pupils.male": Fill(value=Decimal(7)), "pupils.female": fill})
    assert list(refused.value.fields) == ["pupils.female"]
    assert all(cell.given is None for cell in cells_of(assignment))


def test_an_answer_waits_until_every_figure_is_given_or_named_as_a_gap(world, asked, filled):
    assignment, owner = asked(), world.actor("owner")
    duties.acknowledge(owner, assignment)
    with pytest.raises(Invalid) as refused:
        duties.submit(owner, assignment)
    assert len(refused.value.fields) == 6 and not FigureAnswer.objects.exists()
    filled(assignment, **{"dropouts.total": Fill(reason="Not counted yet", next_on=clock.today() + timedelta(days=20))})
    duties.submit(owner, assignment)
    assignment.refresh_from_db()
    assert assignment.answer == "5 figures given, 1 not available"
    assert {answer.version for answer in FigureAnswer.objects.all()} == {1} and FigureAnswer.objects.count() == 6
    item = Figures().items(world.actor("caller"), assignment)[-1]
    assert "Not counted yet" in item.reason and "Expected on" in item.reason and not item.missing


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"pupils.female": Fill(value=Decimal(-1)), "pupils.total": Fill(value=Decimal(129))}, "pupils.female"),
        ({"pupils.total": Fill(value=Decimal(251))}, "pupils.total"),
        ({"dropouts.male": Fill(value=Decimal("3.5")), "dropouts.total": Fill(value=Decimal("7.5"))}, "dropouts.male"),
    ],
)
def test_what_cannot_be_right_blocks(world, asked, filled, change, key):
    assignment = filled(asked(), **change)
    assert (key, True) in fault_texts(assignment)
    duties.acknowledge(world.actor("owner"), assignment)
    with pytest.raises(Invalid) as refused:
        duties.submit(world.actor("owner"), assignment)
    assert key in refused.value.fields and not FigureAnswer.objects.exists()


def test_a_figure_unlike_last_time_is_taken_once_it_is_explained(world, asked, filled, accepted):
    accepted(asked(period="2025"))
    assignment = filled(asked(period="2026"), **{
        "pupils.female": Fill(value=Decimal(320)), "pupils.total": Fill(value=Decimal(450)),
    })  # fmt: skip
    assert [cell.previous.value for cell in cells_of(assignment)][:2] == [120, 130]
    assert {item for item, blocks in fault_texts(assignment) if blocks} == {"pupils.female", "pupils.total"}
    filled(assignment, **{
        "pupils.female": Fill(value=Decimal(320), note="Two new schools"),
        "pupils.total": Fill(value=Decimal(450), note="Two new schools"),
    })  # fmt: skip
    assert fault_texts(assignment) == [("pupils.female", False), ("pupils.total", False)]
    duties.acknowledge(world.actor("owner"), assignment)
    duties.submit(world.actor("owner"), assignment)
    assert "Two new schools" in next(fault.text for fault in Figures().check(assignment))


def test_one_cell_is_returned_corrected_and_marked_and_both_answers_stay(world, asked, filled):
    assignment, owner, caller = filled(asked()), world.actor("owner"), world.actor("caller")
    duties.acknowledge(owner, assignment)
    duties.submit(owner, assignment)
    with pytest.raises(Conflict):
        keep_figures(owner, assignment, {"pupils.male": Fill(value=Decimal(1))})
    duties.return_(
        caller, assignment, reason="", remarks=[{"item": "pupils.male", "label": "x", "reason": "Count again"}]
    )
    filled(assignment, **{"pupils.male": Fill(value=Decimal(140)), "pupils.total": Fill(value=Decimal(260))})
    duties.submit(owner, assignment)
    changed = {cell.asked.key: cell.corrected_from.value for cell in cells_of(assignment) if cell.corrected_from}
    assert changed == {"pupils.male": 130, "pupils.total": 250}
    duties.accept(caller, assignment)
    assert FigureAnswer.objects.filter(asked__assignment=assignment).count() == 12
    assert not AskedFigure.objects.filter(assignment=assignment, is_open=True).exists()


def test_an_answer_is_never_altered(world, asked, accepted):
    accepted(asked())
    with pytest.raises(DatabaseError), transaction.atomic():
        FigureAnswer.objects.update(value=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        FigureAnswer.objects.all().delete()


def test_the_journal_knows_that_figures_were_kept_but_not_which(world, asked, filled):
    assignment = filled(asked())
    event = Event.objects.filter(subject_type="assignment", subject_id=assignment.pk).latest("pk")
    assert event.content()["change"] == "figures kept" and "120" not in event.text


# ---- asked once --------------------------------------------------------------------------------------------------


def test_two_calls_for_the_same_figures_make_one_assignment(world, asked, figure_call):
    first = asked()
    second = figure_call()
    duties.issue_call(world.actor("caller"), second)
    assert not Assignment.objects.filter(call=second).exists()
    assert second.attachments.get().assignment == first
    assert AskedFigure.objects.count() == 6


def test_another_period_or_post_or_an_ended_assignment_is_asked_anew(world, asked, accepted, figure_call):
    accepted(asked())
    for changes in ({}, {"period": "2027"}, {"position": world.position("HEALTH-D0101-data")}):
        call = figure_call(**changes)
        duties.issue_call(world.actor("caller"), call)
        assert call.assignments.count() == 1 and not call.attachments.exists()


def test_the_database_allows_no_second_open_cell_for_the_same(world, asked):
    cell = AskedFigure.objects.filter(assignment=asked()).first()
    other = asked(period="2027")
    with pytest.raises(IntegrityError), transaction.atomic():
        AskedFigure.objects.filter(assignment=other).filter(concept=cell.concept, breakdown=cell.breakdown).update(
            period=cell.period
        )


def test_of_a_call_that_asks_partly_the_same_only_the_rest_is_asked(world, asked, filled, pupils):
    first = asked()
    rows = [*pupils, Row("teachers", Translated(lo="ຄູສອນ", en="Teachers"))]
    second = asked(rows=rows)
    cells = {cell.asked.key: cell for cell in cells_of(second)}
    assert len(cells) == 9 and cells["pupils.male"].asked.given_in.assignment == first
    owner = world.actor("owner")
    with pytest.raises(Invalid):
        keep_figures(owner, second, {"pupils.male": Fill(value=Decimal(1))})
    keep_figures(owner, second, {f"teachers.{code}": Fill(value=Decimal(4)) for code in ("female", "male")})
    keep_figures(owner, second, {"teachers.total": Fill(value=Decimal(8))})
    duties.acknowledge(owner, second)
    duties.submit(owner, second)
    filled(first)
    duties.acknowledge(owner, first)
    duties.submit(owner, first)
    assert {cell.asked.key: cell.given.value for cell in cells_of(second)}["pupils.male"] == 130


def test_when_the_first_call_is_withdrawn_its_cells_are_asked_by_the_second(world, asked, pupils):
    first = asked()
    second = asked(rows=[*pupils, Row("teachers", Translated(lo="ຄູສອນ"))])
    third = asked(rows=[*pupils, Row("classes", Translated(lo="ຫ້ອງຮຽນ"))])
    duties.withdraw_call(world.actor("caller"), first.call, reason="A mistake")
    own = AskedFigure.objects.filter(given_in__isnull=True, is_open=True)
    assert own.filter(assignment=second).count() == 9 and own.filter(assignment=third).count() == 3
    assert {cell.asked.given_in.assignment for cell in cells_of(third) if cell.asked.given_in} == {second}


def test_a_withdrawn_call_leaves_its_work_to_the_call_attached_to_it(world, asked, filled, figure_call):
    first = filled(asked())
    second = figure_call()
    duties.issue_call(world.actor("caller"), second)
    duties.withdraw_call(world.actor("caller"), first.call, reason="Taken over")
    first.refresh_from_db()
    assert first.call_id == second.pk and first.is_open
    assert cells_of(first)[0].given.value == 120


def test_opening_again_is_refused_while_another_call_asks_the_same(world, asked, accepted, pupils):
    """The call has a second post, so that it stays open when the first answer is accepted."""
    more = [duties.Asked(world.position("HEALTH-P01-data")), duties.Asked(world.position("HEALTH-D0101-data"))]
    first = asked(many=more)
    accepted(first)
    other = asked()
    with pytest.raises(Conflict, match=other.call.reference):
        duties.reopen(world.actor("caller"), first, reason="One more look")
    duties.withdraw_call(world.actor("caller"), other.call, reason="Not needed")
    duties.reopen(world.actor("caller"), Assignment.objects.get(pk=first.pk), reason="One more look")
    assert AskedFigure.objects.filter(assignment=first, is_open=True).count() == 6


def test_a_new_round_carries_the_table_forward(world, asked, figure_call):
    source, target = asked().call, figure_call(rows=None)
    Figures().carry_forward(source, target, clock.today())
    copy = FigureTable.objects.get(call=target)
    assert list(copy.rows.values_list("code", "sums", "minimum")) == [("pupils", [], 0), ("dropouts", [], 0)]
    assert list(copy.columns.values_list("code", "sums"))[-1] == ("total", ["female", "male"])
    assert copy.unlike_percent == 50


def test_the_cells_of_a_large_table_are_read_in_a_fixed_number_of_queries(world, asked, django_assert_num_queries):
    small = asked(rows=[Row("one", Translated(lo="ໜຶ່ງ"))], period="2030")
    large = asked(rows=[Row(f"f{number}", Translated(lo=f"ຕົວເລກ {number}")) for number in range(60)], period="2031")
    with django_assert_num_queries(4):
        cells_of(small)
    with django_assert_num_queries(4):
        assert len(cells_of(large)) == 180
    assert connection.vendor == "postgresql"


def test_faults_show_numbers_as_people_write_them(world, asked, filled):
    assignment = filled(asked(), **{"pupils.total": Fill(value=Decimal(1251))})
    text = next(fault.text for fault in Figures().check(assignment))
    assert "1,251" in text and "250." in text and ".000" not in text


def test_a_call_that_replaces_another_goes_on_with_what_was_filled_in(world, asked, filled, figure_call, pupils):
    first = filled(asked())
    second = figure_call(replaces=first.call)
    duties.issue_call(world.actor("caller"), second)
    first.refresh_from_db()
    assert (first.call_id, first.state) == (second.pk, "issued") and cells_of(first)[0].given.value == 120
    third = figure_call(
        replaces=Call.objects.get(pk=second.pk), rows=[*pupils, Row("classes", Translated(lo="ຫ້ອງຮຽນ"))]
    )
    duties.issue_call(world.actor("caller"), third)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert {cell.asked.given_in for cell in cells_of(third.assignments.get())} == {None}


def test_the_draft_stays_with_the_post_when_its_holder_leaves(world, asked, filled):
    assignment = filled(asked())
    held = Appointment.objects.get(person=world.person("owner"))
    held.valid = DateRange(held.valid.lower, clock.today())
    held.save()
    with pytest.raises(NotPermitted):
        keep_figures(world.actor("owner"), assignment, {"pupils.male": Fill(value=Decimal(1))})
    Appointment.objects.create(
        person=world.person("registrar"), position=assignment.position, valid=DateRange(clock.today(), None)
    )
    successor = world.actor("registrar")
    assert Figures().items(successor, assignment)[0].answer == "120"
    duties.acknowledge(successor, assignment)
    assert duties.submit(successor, assignment).state == "submitted"
