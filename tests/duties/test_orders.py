"""One order to a selection: an assignment for each row, to the post that answers for it, and word of rows without one."""

from datetime import timedelta

import pytest

from sala.catalogue.models import Dataset
from sala.catalogue.operations import keep_all_promises
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.duties import operations
from sala.duties.operations.reviews import accept
from sala.duties.queries.assignments import states_of
from sala.duties.responsible import by_area, by_duty, responsible

pytestmark = pytest.mark.django_db


@pytest.fixture
def datasets(world):
    """Three yearly datasets that never got an edition: two in the first province, one in the second."""

    def make(slug, owner, place):
        made = Dataset.objects.create(
            slug=slug, title=Translated({"lo": slug, "en": slug}), owner=world.organisation(owner), place=world.area(place),
            tier="public", state="published", is_published=True, licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
            frequency=Term.objects.get(scheme="frequency", code="ANNUAL"),
        )  # fmt: skip
        Dataset.objects.filter(pk=made.pk).update(created_at=clock.now() - timedelta(days=900))
        return made

    made = [make("births", "HEALTH-P01", "01"), make("deaths", "HEALTH-P01", "01"), make("parcels", "LAND-P02", "02")]
    keep_all_promises()
    return made


@pytest.fixture
def owned(world, datasets):
    """The owner's post owns the births, the stranger's reports the parcels; nobody answers for the deaths."""
    admin = world.actor("command")
    births, _deaths, parcels = datasets
    for post, kind, subject in [("HEALTH-P01-data", "owns", births), ("LAND-P02-data", "reports", parcels)]:
        operations.assign_duty(admin, world.position(post), kind=kind, subject=subject, start=clock.today())
    return datasets


def everything():
    return Dataset.objects.filter(slug__in=["births", "deaths", "parcels"])


def test_each_row_goes_to_the_post_with_the_duty_and_the_others_are_named(world, drafted, owned):
    births, deaths, parcels = owned
    call = drafted(kind="order", position=None)
    ordered = operations.order_for(world.actor("caller"), call, everything(), ["owns", "reports"], area="place")
    assert (ordered.new, ordered.without) == (2, (deaths,))
    asked = {(row.subject_type, row.subject_id, row.position.code, row.area.code) for row in call.assignments.all()}
    assert asked == {
        ("dataset", births.pk, "HEALTH-P01-data", "01"), ("dataset", parcels.pk, "LAND-P02-data", "02"),
    }  # fmt: skip
    again = operations.order_for(world.actor("caller"), call, everything(), ["owns", "reports"], area="place")
    assert again.new == 0 and call.assignments.count() == 2


def test_running_counts_follow_the_answers(world, drafted, owned):
    call = drafted(kind="order", position=None)
    operations.order_for(world.actor("caller"), call, everything(), ["owns", "reports"])
    operations.issue_call(world.actor("caller"), call)
    assert states_of(call.assignments.all()) == {"issued": 2}
    mine = call.assignments.get(position__code="HEALTH-P01-data")
    operations.acknowledge(world.actor("owner"), mine)
    operations.submit(world.actor("owner"), mine, answer="The edition of last year is published")
    assert states_of(call.assignments.all()) == {"issued": 1, "submitted": 1}
    accept(world.actor("caller"), mine)
    assert states_of(call.assignments.all()) == {"issued": 1, "accepted": 1}


def test_one_post_with_many_rows_gets_one_assignment_for_each(world, drafted, owned):
    _births, deaths, _parcels = owned
    operations.assign_duty(
        world.actor("command"), world.position("HEALTH-P01-data"), kind="owns", subject=deaths, start=clock.today()
    )
    call = drafted(kind="order", position=None)
    operations.order_for(world.actor("caller"), call, everything(), ["owns"])
    assert call.assignments.filter(position__code="HEALTH-P01-data").count() == 2


def test_an_issued_order_and_somebody_elses_order_are_left_alone(world, drafted, owned):
    call = drafted(kind="order")
    with pytest.raises(NotPermitted):
        operations.order_for(world.actor("owner"), call, everything(), ["owns"])
    operations.issue_call(world.actor("caller"), call)
    with pytest.raises(Conflict):
        operations.order_for(world.actor("caller"), call, everything(), ["owns"])
    assert call.assignments.count() == 1


def test_rows_that_the_issuer_does_not_see_are_not_ordered(world, drafted, owned):
    Dataset.objects.filter(slug="parcels").update(
        tier="own", restriction=Term.objects.filter(scheme="restriction").first()
    )
    head = world.position("HEALTH-P01-head")
    call = drafted("head", kind="order", issuer=head, position=None)
    ordered = operations.order_for(world.actor("head"), call, everything(), ["owns", "reports"])
    assert ordered.new == 1 and [row.slug for row in ordered.without] == ["deaths"]


def test_the_office_of_the_rows_area_answers_where_no_duty_is_named(world, datasets):
    births, _deaths, _parcels = datasets
    health, finance = world.organisation("HEALTH"), world.organisation("FIN")
    found = responsible(datasets, ["owns", by_area("place", "data", health)])
    assert {row.slug: found[row.pk].code for row in datasets} == {
        "births": "HEALTH-P01-data", "deaths": "HEALTH-P01-data", "parcels": "HEALTH-P02-data",
    }  # fmt: skip
    district = world.area("0101")
    Dataset.objects.filter(pk=births.pk).update(place=district)
    births.refresh_from_db()
    assert by_area("place", "data", health)([births])[births.pk].code == "HEALTH-D0101-data"
    assert by_area("place", "data", finance)([births])[births.pk].code == "FIN-P01-data"  # no office in the district


def test_finding_posts_takes_few_queries_however_many_rows(world, owned, django_assert_num_queries):
    rows = list(everything().select_related("place"))
    health = world.organisation("HEALTH")
    with django_assert_num_queries(1):
        by_duty("owns")(rows)
    with django_assert_num_queries(2):
        by_area("place", "data", health)(rows)


# ---- from the page of what is overdue ----------------------------------------------------------------------------


def test_what_is_overdue_in_a_province_is_ordered_on_one_page(world, visit, owned):
    caller = visit("caller")
    page = caller.get("/datasets/overdue/?place=01").content.decode()
    assert (
        "births" in page and "deaths" in page and "parcels" not in page and "/datasets/overdue/order/?place=01" in page
    )
    page = caller.get("/datasets/overdue/order/?place=01").content.decode()
    assert "no responsible post" in page and "/posts/HEALTH-P01-data/" in page
    body = {
        "issuer": world.position("STAT-calls").pk, "title_lo": "ປັບປຸງຊຸດຂໍ້ມູນ", "purpose_lo": "ໃຫ້ທັນສະໄໝ",
        "instruction_lo": "ສົ່ງສະບັບໃໝ່", "due_on": (clock.today() + timedelta(days=40)).isoformat(),
    }  # fmt: skip
    answer = caller.post("/datasets/overdue/order/?place=01", body, follow=True)
    text = answer.content.decode()
    assert "1 dataset is on the order." in text and "deaths" in text
    call = answer.context["call"]
    assert call.kind == "order" and call.state == "draft"
    assert [row.subject_id for row in call.assignments.all()] == [owned[0].pk]


def test_who_may_not_issue_sees_the_list_but_orders_nothing(visit, owned):
    for who, status in {"owner": 403, "stranger": 403, "citizen": 403, "public": 401}.items():
        browser = visit(who)
        page = browser.get("/datasets/overdue/").content.decode()
        assert "births" in page and 'id="order"' not in page
        assert browser.get("/datasets/overdue/order/").status_code == status
    assert "births" not in visit().get("/datasets/overdue/?place=02").content.decode()
    assert "births" not in visit().get("/datasets/overdue/?owner=LAND-P02").content.decode()
    assert "Nothing is overdue" in visit().get("/datasets/overdue/?place=nowhere").content.decode()
