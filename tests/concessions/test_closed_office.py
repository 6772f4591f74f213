"""A land office is closed and another follows it: the register goes over, and each entry tells so."""

import pytest

from sala.access.scope import can
from sala.concessions import operations
from sala.concessions.models import Change, Concession
from sala.concessions.operations.concessions import pass_lead
from sala.core import clock
from sala.core.errors import Conflict
from sala.people import operations as people

pytestmark = pytest.mark.django_db


def close(cast, code, successor):
    people.close_organisation(
        cast.actor("command"),
        cast.organisation(code),
        on=clock.today(),
        reason="Decree 7",
        successor=cast.organisation(successor),
    )


def test_entries_and_parties_are_led_by_the_office_that_follows(cast, granted, tree_company):
    made = granted()
    close(cast, "LAND-D0101", "LAND-D0201")
    made.refresh_from_db()
    tree_company.refresh_from_db()
    assert made.lead == cast.organisation("LAND-D0201") == tree_company.keeper
    told = Change.objects.filter(concession=made, field="lead").latest("pk")
    assert told.reason == "Decree 7"
    moved = cast.actor("district")
    assert moved.organisation_paths() == [cast.organisation("LAND-D0201").path]
    assert not can(moved, "concessions.enter", made)  # its post is of the other district now, and so is its right


def test_what_was_confirmed_stays_and_what_was_written_meanwhile_too(cast, granted, stand_for):
    made = granted()
    stand_for("basics", "place")
    read_before = Concession.objects.get(pk=made.pk)
    operations.change(
        cast.actor("district"), made, Concession.objects.get(pk=made.pk).version, reason="By order",
        is_confidential=True, confidential_reason="Defence law, article 4",
    )  # fmt: skip
    version = Concession.objects.get(pk=made.pk).version
    pass_lead(cast.actor("command"), read_before, cast.organisation("LAND-D0201"), "Decree 7")
    now = Concession.objects.get(pk=made.pk)
    assert now.is_confidential and now.version == version + 1 and now.lead == cast.organisation("LAND-D0201")
    assert {"basics", "place"} <= set(now.confirmed_classes)
    pass_lead(cast.actor("command"), read_before, cast.organisation("LAND"), "Decree 8")
    now.refresh_from_db()
    assert now.lead == cast.organisation("LAND-D0201")  # it had gone on already


def test_an_office_whose_books_stand_open_is_not_closed(cast, granted, rent):
    made = granted()
    rent(made)
    with pytest.raises(Conflict, match="terms of payment: 1"):
        close(cast, "FIN-P01", "FIN-P02")
    assert cast.organisation("FIN-P01").closed_on is None


def test_a_company_reads_what_its_concession_was_and_not_who_wrote_it_and_why(cast, granted, visit):
    made = granted()
    address = f"/api/v1/concessions/{made.reference}/history"
    of_office = visit("district").get(address).json()["items"]
    of_company = visit("company").get(address).json()["items"]
    assert of_company and {(row["post"], row["reason"]) for row in of_company} == {(None, "")}
    assert any(row["post"] for row in of_office)
