"""Use is counted by day and kind of user, without names; small numbers by sex are not told."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from sala.catalogue.calculations import hide_small
from sala.catalogue.models import DailyUse, Dataset
from sala.catalogue.operations import count_use
from sala.catalogue.queries.usage import public_usage, usage_of
from sala.core import clock
from sala.people.models import Person

pytestmark = pytest.mark.django_db

MARCH = timezone.make_aware(datetime(2026, 3, 10, 12))
APRIL = timezone.make_aware(datetime(2026, 4, 10, 12))


@pytest.fixture
def published(dataset, deliver, release):
    release(deliver())
    DailyUse.objects.all().delete()
    dataset.refresh_from_db()
    return dataset


def use(world, dataset, who, times, kind="view"):
    for _number in range(times):
        count_use(world.actor(who), dataset, kind)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"f": 5, "m": 12}, {"f": 5, "m": 12}),
        ({"f": 4, "m": 12}, None),
        ({"f": 12, "m": 1}, None),
        ({"f": 0, "m": 12}, {"f": 0, "m": 12}),
        ({"f": 0, "m": 0}, {"f": 0, "m": 0}),
    ],
)
def test_a_number_below_five_hides_its_counterpart_too(given, told):
    assert hide_small(given) == told


def test_uses_are_told_by_public_office_and_program(world, client, published, token_of, visit):
    visit("citizen").get(published.get_absolute_url())
    visit("stranger").get(published.get_absolute_url())
    visit().get(published.get_absolute_url())
    headers = {"authorization": f"Bearer {token_of('LAND-P02-data')}"}
    client.get(f"/api/v1/datasets/{published.slug}/table/1/rows", headers=headers)
    found = usage_of(Dataset.objects.filter(pk=published.pk))
    assert found.by_group["public"]["view"] == 2 and found.by_group["office"]["view"] == 1
    assert found.by_group["programme"]["api"] == 1 and found.totals == {"view": 3, "download": 0, "api": 1}
    assert not {field.name for field in DailyUse._meta.fields} & {"person", "position", "address"}


def test_sex_is_counted_where_it_was_told_and_only_over_whole_months(world, published):
    Person.objects.filter(email="citizen@example.org").update(sex="f")
    Person.objects.filter(email="stranger@example.org").update(sex="m")
    with clock.fixed(MARCH):
        use(world, published, "citizen", 6)
        use(world, published, "stranger", 5)
        use(world, published, "admin", 3)
        assert usage_of(Dataset.objects.all()).by_sex["view"] == {"f": 0, "m": 0}
    with clock.fixed(APRIL):
        use(world, published, "citizen", 1)
        found = usage_of(Dataset.objects.all())
        assert found.by_sex["view"] == {"f": 6, "m": 5}
        assert found.by_month[date(2026, 3, 1)]["view"] == 14 and found.by_month[date(2026, 4, 1)]["view"] == 1
        use(world, published, "stranger", 1, kind="download")
    with clock.fixed(timezone.make_aware(datetime(2026, 5, 2, 12))):
        assert usage_of(Dataset.objects.all()).by_sex["download"] is None


def test_the_details_are_for_the_owner_and_the_total_for_everybody(world, visit, published):
    page, api = f"{published.get_absolute_url()}usage/", f"/api/v1/datasets/{published.slug}/usage"
    assert "By sex" in visit("owner").get(page).content.decode()
    assert "by_sex" in visit("colleague").get(api).json()
    for who in ("stranger", "citizen", "public"):
        assert visit(who).get(page).status_code == 403 and visit(who).get(api).status_code == 403
    total = visit().get("/datasets/usage/").content.decode()
    assert "All public datasets together" in total and "By sex" not in total
    assert "by_sex" not in visit().get("/api/v1/usage").json()


def test_the_public_total_counts_and_names_nothing_that_is_hidden(world, visit, published):
    use(world, published, "citizen", 7)
    assert public_usage().totals["view"] == 7
    assert "Clinics of Phuthong" in visit().get("/datasets/usage/").content.decode()
    Dataset.objects.filter(pk=published.pk).update(tier="own")
    assert public_usage().totals["view"] == 0
    for who in ("public", "owner"):
        assert "Clinics of Phuthong" not in visit(who).get("/datasets/usage/").content.decode()
