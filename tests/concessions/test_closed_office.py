"""A land office is closed and another follows it: the register goes over, and each entry tells so."""

import pytest

from sala.access.scope import can
from sala.concessions import operations
from sala.concessions.models import Change, Concession
from sala.concessions.operations.concessions import pass_lead
from sala.core import clock
from sala.core.errors import Conflict
from sala.people import operations as people
from sala.people.models import Role
from sala.people.queries import roles_to_confirm

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
    assert can(
        moved, "concessions.enter", made
    )  # its post is of the other district's office, its right of its own district
    elsewhere = Concession(area=cast.area("0201"), lead=made.lead)
    assert not can(moved, "concessions.enter", elsewhere)
    assert can(cast.actor("other_district"), "concessions.enter", elsewhere)
    kept = cast.position("LAND-D0101-concessions").grants.all()
    assert kept and {(grant.area, grant.to_confirm) for grant in kept} == {(cast.area("0101"), True)}


def test_a_post_that_goes_to_a_higher_office_reaches_no_further_than_before(cast):
    post, viewer = cast.position("LAND-D0101-concessions"), Role.objects.get(code="concession_reader")
    people.grant_role(cast.actor("command"), post, viewer, across_organisations=True)
    entering = post.grants.exclude(role=viewer).first().role
    people.grant_role(
        cast.actor("command"), post, entering, area=cast.area("0101")
    )  # the same once more, with its area
    before = {(grant.verbs, grant.area_path) for grant in cast.actor("district").holdings[0].grants}
    close(cast, "LAND-D0101", "LAND-P01")
    assert {(grant.verbs, grant.area_path) for grant in cast.actor("district").holdings[0].grants} == before
    assert post.grants.filter(role=entering).count() == 1 and post.grants.get(role=viewer).across_organisations
    assert set(post.grants.all()) <= set(roles_to_confirm(cast.actor("admin")))


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
