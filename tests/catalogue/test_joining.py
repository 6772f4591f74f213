"""Which areas a cell names: codes, names, several at once, and only inside the installed country."""

import pytest

from sala.catalogue.joining import BETWEEN, join
from sala.places.models import Area

pytestmark = pytest.mark.django_db


def named(text: str) -> list[str]:
    ids = join([text]).get(text, [])
    return list(Area.objects.filter(pk__in=ids).order_by("code").values_list("code", flat=True))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("0101", ["0101"]), ("Nongsai", ["0101"]), ("ເມືອງໜອງໃສ", ["0101"]), ("Phuthong, Demoland", ["01"]),
        ("Phuthong, Nangam", ["01", "02"]), ("Nongsai, Phuthong", ["0101"]), ("Demoland", ["DM"]), ("Elsewhere", []), ("", []),
    ],
)  # fmt: skip
def test_a_cell_names_areas_by_code_or_name(text, codes):
    assert named(text) == codes


def test_a_name_of_a_province_and_of_a_district_in_it_means_the_province():
    assert named("Paknam") == ["03"]


def test_rows_of_other_countries_are_not_joined():
    assert named(f"Phuthong{BETWEEN}Otherland") == []
    assert named(f"Phuthong{BETWEEN}Demoland") == ["01"]


def test_a_row_of_the_country_without_a_known_place_is_joined_to_the_country():
    assert named(f"Somewhere{BETWEEN}Demoland") == ["DM"]
