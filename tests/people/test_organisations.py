"""Organisations are founded, moved and closed, posts created and abolished, within the reach of who administers people."""

from datetime import date, timedelta

import pytest
from django.apps import apps

from config.kept import KEPT
from sala.access.actor import command
from sala.access.scope import can, visible
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.journal.models import Event
from sala.people import operations
from sala.people.jobs import follow_organisation
from sala.people.models import Appointment, Organisation, Position, PositionGrant, Role, Sharing
from sala.search.models import SearchRow
from sala.search.operations import reindex
from tests.crawl.samples import SECRET, make_world

pytestmark = pytest.mark.django_db
COMPANY = {
    "name_lo": "ບໍລິສັດ ໃໝ່", "name_en": "New Trees Company", "kind": "company", "area": "0101", "code": "NEWTREES",
    "registration": "0101-7", "usual_posts": "on",
}  # fmt: skip


@pytest.fixture
def personnel(world):
    """The head of the health office of one province is its personnel officer."""
    operations.grant_role(command(), world.position("HEALTH-P01-head"), Role.objects.get(code="people_administrator"))
    return "head"


def test_an_administrator_enters_a_company_with_its_representative_who_is_then_invited(world, visit):
    assert visit("admin").post("/organisations/new/", COMPANY).headers["Location"] == "/organisations/NEWTREES/"
    made = world.organisation("NEWTREES")
    assert made.kind == "company" and made.path == f"/{made.pk}/" and not made.is_government
    post = world.position("NEWTREES-representative")
    assert [grant.role.code for grant in post.grants.all()] == ["company_representative"]
    data = {"name": "Her", "email": "her@example.org", "start": "2026-01-01", "kind": "holder"}
    assert visit("admin").post(f"/posts/{post.code}/appoint/", data).status_code == 302
    assert "New Trees Company" in visit().get("/organisations/NEWTREES/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("public", 401), ("stranger", 403), ("owner", 403)])
def test_others_found_move_and_close_nothing(world, visit, who, status):
    browser = visit(who)
    json = {"content_type": "application/json"}
    posts = {
        "/organisations/new/": COMPANY, "/organisations/HEALTH-P01/move/": {"reason": "x"},
        "/organisations/HEALTH-P01/close/": {"on": "2026-01-01", "reason": "x"},
        "/organisations/HEALTH-P01/new-post/": {"title_lo": "ກ", "code": "new"},
        "/posts/HEALTH-P01-data/head/": {}, "/posts/HEALTH-P01-data/abolish/": {"reason": "x"},
    }  # fmt: skip
    assert {address: browser.post(address, data).status_code for address, data in posts.items()} == dict.fromkeys(
        posts, status
    )
    sent = {
        "/organisations": {"code": "X", "name": {"lo": "ກ"}, "kind": "company", "area": "0101"},
        "/organisations/HEALTH-P01/move": {"reason": "x"},
        "/organisations/HEALTH-P01/close": {"on": "2026-01-01", "reason": "x"},
        "/organisations/HEALTH-P01/posts": {"code": "new", "title": {"lo": "ກ"}},
        "/posts/HEALTH-P01-data/head": {}, "/posts/HEALTH-P01-data/abolish": {"reason": "x"},
    }  # fmt: skip
    answers = {address: browser.post(f"/api/v1{address}", data, **json).status_code for address, data in sent.items()}
    assert answers == dict.fromkeys(sent, status)
    assert not Organisation.objects.filter(code__in=["NEWTREES", "X"]).exists()
    assert world.organisation("HEALTH-P01").closed_on is None and world.position("HEALTH-P01-data").closed_on is None


def test_a_personnel_officer_founds_below_the_own_office_and_nowhere_else(world, personnel):
    def found(code, parent, area="0101"):
        return operations.found_organisation(
            world.actor(personnel), parent=parent and world.organisation(parent), code=code, area=world.area(area),
            name=Translated(lo="ສຸກສາລາ", en="Clinic"), kind="unit",
        )  # fmt: skip

    assert found("CLINIC", "HEALTH-P01").parent == world.organisation("HEALTH-P01")
    for parent, area in (("LAND-P01", "0101"), ("HEALTH-P01", "0201"), (None, "0101")):
        with pytest.raises(NotPermitted):
            found("OTHER", parent, area)
    with pytest.raises(NotPermitted):  # its own office, to where the right does not reach
        operations.move_organisation(
            world.actor(personnel), world.organisation("CLINIC"), parent=world.organisation("LAND-P01"), reason="x"
        )


@pytest.mark.parametrize(
    ("kind", "post", "roles"),
    [
        ("village", "head", ["village_authority"]),
        ("partner", "representative", []),
        ("civil_society", "representative", []),
    ],
)
def test_each_kind_that_is_founded_by_hand_comes_with_whom_to_invite(world, personnel, kind, post, roles):
    made, left_out = operations.found_with_usual_posts(
        world.actor(personnel), parent=world.organisation("HEALTH-P01"), code="NEW", kind=kind, area=world.area("0101"),
        name=Translated(lo="ໃໝ່", en="New"),
    )  # fmt: skip
    (found,) = made.positions.all()
    assert (found.code, found.is_head, left_out) == (f"NEW-{post}", post == "head", [])
    assert [grant.role.code for grant in found.grants.all()] == roles


def test_roles_of_the_usual_posts_that_the_founder_may_not_pass_on_are_left_out(world, personnel, visit):
    sent = COMPANY | {
        "kind": "department", "code": "HEALTH-NEW", "parent": "HEALTH-P01", "registration": "",
        "sector": str(world.organisation("LAND").sector_id),
    }  # fmt: skip
    page = visit(personnel).post("/organisations/new/", sent, follow=True).content.decode()
    assert "These roles were left out" in page
    held = PositionGrant.objects.filter(position__organisation__code="HEALTH-NEW")
    assert "head_of_unit" in held.values_list("role__code", flat=True)
    assert not held.filter(across_organisations=True).exists()


def test_a_page_says_what_is_wrong_and_keeps_what_was_typed(world, visit):
    page = visit("admin").post("/organisations/new/", COMPANY | {"code": "HEALTH"}).content.decode()
    assert "already exists" in page and "New Trees Company" in page
    page = visit("admin").post("/organisations/new/", COMPANY | {"kind": "office", "parent": "TREECO"}).content.decode()
    assert "does not stand below an organisation outside it" in page
    page = visit("admin").post("/organisations/new/", COMPANY | {"code": "new"}).content.decode()
    assert "This word means something else here" in page and "New Trees Company" in page


def test_programs_found_move_and_close_with_the_same_rights(world, visit):
    def send(address, **sent):
        return visit("admin").post(f"/api/v1{address}", sent, content_type="application/json")

    made = send("/organisations", code="NEW1", name={"lo": "ໃໝ່", "en": "New"}, kind="department", parent="HEALTH",
                area="01", usual_posts=False)  # fmt: skip
    assert made.status_code == 201 and made.json()["parent"] == "HEALTH"
    assert send("/organisations", code="NEW2", name={"lo": "ໃໝ່"}, kind="thing", area="01").json()["fields"]["kind"]
    assert send("/organisations", code="new", name={"lo": "ໃໝ່"}, kind="department", area="01").json()["fields"]["code"]
    for address in ("/organisations/NEW1/move", "/posts/HEALTH-P01-data/abolish"):
        assert send(address, reason=" ").json()["fields"]["reason"] == ["Say why."], address
    assert send("/organisations/NEW1/posts", code="data", title={"lo": "ຕຳແໜ່ງ"}).json()["code"] == "NEW1-data"
    assert send("/organisations/NEW1/move", parent="LAND", reason="No. 3").json()["parent"] == "LAND"
    refused = send("/organisations/NEW1/close", on=str(clock.today()), reason="No. 4")
    assert refused.status_code == 409 and "posts: 1" in refused.json()["detail"]
    assert send("/posts/NEW1-data/head").json()["is_head"]
    assert send("/posts/NEW1-data/abolish", reason="No. 4").status_code == 204
    assert send("/organisations/NEW1/close", on=str(clock.today()), reason="No. 4").status_code == 200
    assert world.organisation("NEW1").closed_on == clock.today()


def test_an_organisation_with_anything_left_is_not_closed_without_a_successor(world, visit):
    make_world(world)
    page = visit("admin").post("/organisations/HEALTH-P01/close/", {"on": str(clock.today()), "reason": "No. 5"})
    words = page.content.decode()
    assert page.status_code == 200 and "It cannot be closed yet" in words and "datasets: " in words
    assert world.organisation("HEALTH-P01").closed_on is None
    with pytest.raises(Invalid):
        operations.close_organisation(
            command(), world.organisation("HEALTH-P01"), on=clock.today() + timedelta(days=1), reason="x"
        )


def test_two_offices_become_one_and_nothing_is_lost(world, visit):
    make_world(world)
    reindex(["dataset"])
    one, other = world.organisation("HEALTH-P01"), world.organisation("LAND-P01")
    unit, post = world.organisation("HEALTH-D0101"), world.position("HEALTH-P01-data")
    holder = world.person("owner")
    sent = {"on": str(clock.today()), "reason": "Decree 7", "successor": "LAND-P01"}
    assert "datasets" in visit("admin").get("/organisations/HEALTH-P01/close/").content.decode()
    assert visit("admin").post("/organisations/HEALTH-P01/close/", sent).status_code == 302
    for row in (one, other, unit, post):
        row.refresh_from_db()
    assert (one.closed_on, one.successor, one.path) == (clock.today(), other, f"{other.path}{one.pk}/")
    assert unit.parent == other and unit.path == f"{other.path}{unit.pk}/"
    assert post.organisation == other and not world.position("HEALTH-P01-head").is_head
    assert Appointment.objects.filter(position=post, person=holder).exists()
    own = Dataset.objects.get(slug=f"{SECRET}-own-draft")
    assert own.owner == other and can(world.actor("owner"), "catalogue.edit", own)
    told = Event.objects.filter(subject_type="dataset", subject_id=own.pk, verb="people.move").get()
    assert "Decree 7" in told.text
    page = visit().get("/organisations/HEALTH-P01/").content.decode()
    assert "Followed by" in page and "/organisations/LAND-P01/" in page
    assert "Took over from" in visit().get("/organisations/LAND-P01/").content.decode()
    assert "HEALTH-P01" not in [row["code"] for row in visit().get("/api/v1/organisations?area=01").json()["items"]]
    with pytest.raises(Conflict):
        operations.close_organisation(command(), one, on=clock.today(), reason="again")


def test_what_was_shared_with_the_office_is_shared_with_its_successor(world):
    make_world(world)
    guest = world.organisation("LAND-P02")
    assert Sharing.objects.filter(organisation=guest).exists()
    operations.close_organisation(
        command(), guest, on=clock.today(), reason="Decree 7", successor=world.organisation("FIN-P02")
    )
    assert not Sharing.objects.filter(organisation=guest).exists()
    named = Dataset.objects.get(slug=f"{SECRET}-named-published")
    assert visible(world.actor("stranger"), Dataset).filter(pk=named.pk).exists()  # its post stands there now
    assert visible(world.actor("far_cashier"), Dataset).filter(pk=named.pk).exists()
    told = Event.objects.filter(subject_type="dataset", subject_id=named.pk).latest("pk").content()
    assert told["change"] == "shared with a successor" and told["reason"] == "Decree 7"


def test_search_follows_an_office_to_its_new_place(world):
    make_world(world)
    reindex(["dataset"])
    office, above = world.organisation("HEALTH-P01"), world.organisation("LAND")
    operations.move_organisation(world.actor("admin"), office, parent=above, reason="Decree 8")
    row = SearchRow.objects.get(noun="dataset", subject_id=Dataset.objects.get(slug=f"{SECRET}-own-published").pk)
    assert f"o{above.pk}" not in row.audiences
    event = Event.objects.filter(verb="people.move", subject_id=office.pk).latest("pk")
    assert follow_organisation(event.pk) > 0
    row.refresh_from_db() if SearchRow.objects.filter(pk=row.pk).exists() else None
    row = SearchRow.objects.get(noun="dataset", subject_id=row.subject_id)
    assert f"o{above.pk}" in row.audiences and f"o{world.organisation('HEALTH').pk}" not in row.audiences


def test_a_successor_of_another_nature_or_out_of_reach_is_refused(world, personnel):
    with pytest.raises(Invalid):
        operations.close_organisation(
            command(),
            world.organisation("HEALTH-P02"),
            on=clock.today(),
            reason="x",
            successor=world.organisation("TREECO"),
        )
    with pytest.raises(NotPermitted):
        operations.close_organisation(
            world.actor(personnel), world.organisation("HEALTH-P01"), on=clock.today(), reason="x",
            successor=world.organisation("LAND-P01"),
        )  # fmt: skip
    assert world.organisation("HEALTH-P01").closed_on is None


def test_a_post_is_created_made_head_and_abolished_on_pages(world, visit):
    sent = {"title_lo": "ຫົວໜ້າໃໝ່", "title_en": "New head", "code": "chief"}
    answer = visit("admin").post("/organisations/HEALTH-P01/new-post/", sent)
    assert answer.headers["Location"] == "/posts/HEALTH-P01-chief/"
    assert visit("admin").post("/posts/HEALTH-P01-chief/head/").status_code == 302
    heads = Position.objects.filter(organisation__code="HEALTH-P01", is_head=True)
    assert [post.code for post in heads] == ["HEALTH-P01-chief"]
    assert visit("admin").post("/posts/HEALTH-P01-chief/abolish/", {"reason": "No. 9"}).status_code == 302
    assert world.position("HEALTH-P01-chief").closed_on == clock.today()
    page = visit("admin").post("/posts/HEALTH-P01-data/abolish/", {"reason": "No. 9"})
    assert "Somebody holds this post" in page.content.decode()


def test_a_post_that_owes_something_by_duty_or_will_be_held_is_not_abolished(world):
    from sala.duties.models import Duty

    post = world.position("HEALTH-P03-data")
    duty = Duty.objects.create(
        position=post,
        kind="reports",
        subject_type="area",
        subject_id=world.area("01").pk,
        valid=(date(2020, 1, 1), None),
    )
    with pytest.raises(Conflict, match="duties: 1"):
        operations.abolish_position(world.actor("admin"), post, reason="x")
    duty.delete()
    begins = clock.today() + timedelta(days=9)
    later = operations.appoint(world.actor("admin"), post, world.person("citizen"), start=begins)
    with pytest.raises(Conflict, match="holds this post"):
        operations.abolish_position(world.actor("admin"), post, reason="x")
    later.delete()
    operations.abolish_position(world.actor("admin"), post, reason="x")


# columns that name an organisation and stay as they were when it is closed: what was done was done by it
STAYS = {
    "bodies.Attendance.organisation", "bodies.Participant.organisation", "bodies.ProjectPartner.organisation",
    "catalogue.AccessRequest.organisation", "catalogue.AccessRequest.owner", "catalogue.Agreement.giver",
    "catalogue.Agreement.receiver", "catalogue.Dataset.publisher", "catalogue.Edition.received_from",
    "catalogue.PersonRequest.owner", "catalogue.Signature.organisation", "catalogue.Transfer.giver",
    "catalogue.Transfer.receiver", "collection.Reading.answering", "collection.Reading.office", "collection.Visit.organisation",
    "concessions.ApprovalStep.body", "concessions.AreaLoan.owner", "concessions.AreaReturn.owner",
    "concessions.AssessmentRound.owner", "concessions.FigureExplanation.owner", "concessions.Grant.body",
    "concessions.Party.organisation", "concessions.Screening.owner", "documents.Document.issuer",
    "documents.IssuedDocument.issuer", "documents.NumberSeries.issuer", "duties.Honour.organisation",
    "duties.Recommendation.answered_by", "duties.Stance.organisation", "ledger.Account.payer",
    "ledger.ExchangeRate.owner", "ledger.Transaction.owner", "maps.Analysis.owner",
    "people.Organisation.parent", "people.Organisation.successor", "people.Position.organisation",
    "people.Sharing.organisation",
}  # fmt: skip


def test_of_each_column_that_names_an_organisation_it_is_said_what_becomes_of_it():
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if not hasattr(model, "pgh_obj")
        for field in model._meta.fields
        if field.related_model is Organisation
    }
    goes = {f"{kept.model}.{kept.column}" for kept in KEPT.of_organisations if "__" not in kept.column}
    assert named == goes | STAYS and not goes & STAYS
