"""The place page: what it costs does not grow with what it shows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.catalogue.models import Figure, KeyFigure
from tests.catalogue.conftest import clinics_figure, dataset, deliver, release, table_file

__all__ = ["clinics_figure", "dataset", "deliver", "release", "table_file"]

pytestmark = pytest.mark.django_db
MOST = 39  # statements of the page of a place with every block on it


def statements(browser, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize("who", ["public", "stranger"])
def test_more_figures_cost_no_more_statements(world, visit, deliver, release, clinics_figure, who):
    edition = release(deliver())
    browser, area = visit(who), world.area("0101")
    browser.get("/places/0101/")  # what a process learns once
    few = statements(browser, "/places/0101/")
    keys = [
        KeyFigure.objects.create(distribution=edition.distribution, code=f"more-{number}", name={"lo": "ກ"}, value_column="clinics")
        for number in range(20)
    ]  # fmt: skip
    Figure.objects.bulk_create(
        Figure(key_figure=key, edition=edition, area=area, period="2023", period_end=date(2023, 12, 31),
               value=number, row=1)
        for number, key in enumerate(keys)
    )  # fmt: skip
    many = statements(browser, "/places/0101/")
    assert len(few) == len(many) <= MOST
    assert browser.get("/places/0101/").content.decode().count('class="value"') > 20
