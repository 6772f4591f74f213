"""Of what is typed in from paper it is said when, by whom and how it was handed in; that day counts for what is in time."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from sala.collection.models import Expected, Reading, Submission
from sala.collection.operations.reading import follow, read_submission
from sala.collection.queries.counting import progress_of
from sala.core import clock
from sala.duties.models import Assignment, Call
from tests.collection.answering import send
from tests.collection.answers import answer, named
from tests.collection.test_filling import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(asked):
    """The round was opened twenty days ago, and its last day in time was ten days ago."""
    part = asked["0101"].assignment
    Call.objects.filter(pk=part.call_id).update(opens_on=clock.today() - timedelta(days=20), due_on=clock.today() - timedelta(days=10))  # fmt: skip
    Assignment.objects.filter(pk=part.pk).update(due_on=clock.today() - timedelta(days=10))
    return Assignment.objects.get(pk=part.pk)


def days_ago(count):
    return (clock.today() - timedelta(days=count)).isoformat()


def typed(visit, form, row, **said):
    said = {"channel": "paper", "expected": row.pk} | said
    return post(visit("owner"), form, answer(named(), form=form.form_id, village="0101"), **said)


def test_paper_counts_by_the_day_on_which_it_was_handed_in(visit, form, asked, late):
    sent = typed(visit, form, asked["0101"], handed_in_on=days_ago(11), given_by=" Mr Kham ", handed_how="counter")
    assert sent.status_code == 201, sent.content
    found = Submission.objects.get()
    assert (str(found.handed_in_on), found.given_by, found.handed_how) == (days_ago(11), "Mr Kham", "counter")
    row = Expected.objects.get(area__code="0101")
    assert timezone.localdate(row.received_at).isoformat() == days_ago(11)
    counts = progress_of([late])
    assert (counts.received, counts.in_time) == (1, 1)
    page = visit("owner").get(f"/answers/{found.pk}/").content.decode()
    assert "At the counter · Mr Kham" in page and "Handed in" in page
    told = visit("owner").get(f"/api/v1/answers/{found.pk}").json()
    assert (told["handed_in_on"], told["handed_how"], told["given_by"]) == (days_ago(11), "counter", "Mr Kham")
    file = visit("owner").get(f"/forms/{form.slug}/data/answers.csv")
    [line] = csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig")))
    assert [line[name] for name in ("answer_handed_in", "answer_handed_how", "answer_given_by")] == [days_ago(11), "counter", "Mr Kham"]  # fmt: skip


def test_without_the_day_it_counts_by_the_day_of_typing(visit, form, asked, late):
    assert typed(visit, form, asked["0101"]).status_code == 201
    assert (progress_of([late]).received, progress_of([late]).in_time) == (1, 0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"handed_in_on": days_ago(-1)}, "still to come"),
        ({"handed_in_on": days_ago(21)}, "before the round was opened"),
        ({"handed_in_on": "yesterday"}, "valid date"),
        ({"handed_how": "pigeon"}, "Select a valid choice"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(visit, form, asked, late, said, words):
    refused = typed(visit, form, asked["0101"], **said)
    assert refused.status_code == 422 and words in refused.content.decode()
    assert not Submission.objects.exists()


def test_a_day_before_the_round_of_a_row_found_later_does_not_count(world, form, asked, late):
    found = send(world, form, village="0101", people="5", channel="paper", handed_in_on=clock.today() - timedelta(days=40))  # fmt: skip
    read_submission(found)
    row = Expected.objects.get(area__code="0101")
    assert row.received_at == found.received_at and progress_of([late]).in_time == 0
    Call.objects.update(opens_on=clock.today() - timedelta(days=50))
    row = Expected.objects.get(pk=row.pk)
    row.received_at = None
    follow(row)
    assert timezone.localdate(row.received_at) == found.handed_in_on


def test_only_the_page_of_paper_asks_and_only_it_is_heard(visit, form, asked, late):
    owner = visit("owner")
    paper = owner.get(f"/forms/{form.slug}/fill/?channel=paper&expected={asked['0101'].pk}").content.decode()
    assert f'max="{days_ago(0)}"' in paper and f'min="{days_ago(20)}"' in paper and 'name="given_by"' in paper
    lao = owner.get(
        f"/forms/{form.slug}/fill/?channel=paper&about=", headers={"accept-language": "lo"}
    ).content.decode()
    assert "ມອບໂດຍ" in lao and "ທາງໂທລະສັບ" in lao
    assert "handed_in_on" not in owner.get(f"/forms/{form.slug}/fill/?expected={asked['0101'].pk}").content.decode()
    assert typed(visit, form, asked["0101"], channel="browser", handed_in_on=days_ago(11)).status_code == 201
    assert Submission.objects.get().handed_in_on is None and Reading.objects.get().state == "received"
