"""Which areas a cell names: codes, names, several at once, and only inside the installed country."""

import pytest

from sala.catalogue.joining import BETWEEN, join, told
from sala.catalogue.models import Edition
from sala.catalogue.queries import criteria_of
from sala.places.models import Area

from .conftest import CLINICS

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


# ---- what was not joined is told ------------------------------------------------------------------------------------

STRAYS = (
    "Nongsay;Nongsay;Nongsay;2024;1;5\nNongsay;Nongsay;Nongsay;2023;1;5\n9999;Nowhere;Nowhere;2024;1;5\n;;;2024;1;5\n"
)


def joined_of(dataset):
    return next(each for each in criteria_of(dataset) if each.code == "places_joined")


def test_texts_that_no_place_bears_are_counted_and_listed_on_page_and_api(visit, deliver, release):
    edition = release(deliver(CLINICS + STRAYS, period="2024"))
    assert edition.placed == {
        "rows": 8, "joined": 4, "empty": 1, "elsewhere": 0, "names": 2, "unmatched": [["Nongsay", 2], ["9999", 1]],
    }  # fmt: skip
    html = visit().get(edition.get_absolute_url()).content.decode()
    assert (
        "4 of 8 rows are joined to a place." in html
        and "<li>Nongsay " in html
        and "Rows that name no place: 1." in html
    )
    told_by_api = visit().get(f"/api/v1/datasets/{edition.dataset.slug}").json()
    assert told_by_api["editions"][0]["places"]["unmatched"][0] == ["Nongsay", 2]
    assert told_by_api["joined_percent"] == 50 and "places_joined" in told_by_api["unmet"]


def test_the_score_wants_nearly_all_rows_joined_and_a_correction_counts(visit, dataset, deliver, release):
    release(deliver(CLINICS + STRAYS, period="2024"))
    assert (joined_of(dataset).met, joined_of(dataset).share) == (False, 50)
    assert "(50 %)" in visit().get(dataset.get_absolute_url()).content.decode()
    release(deliver(CLINICS, "mended.csv", period="2024", reason="Names were mended"))
    assert (joined_of(dataset).met, joined_of(dataset).share) == (True, 100)


def test_settling_without_a_column_of_places_tells_nothing_of_places(visit, deliver):
    edition = deliver(CLINICS + STRAYS)
    address = edition.settle_url
    visit("owner").post(
        address, {f"role_{name}": "" for name in ("code", "name", "district", "year", "clinics", "staff")}
    )
    assert Edition.objects.get(pk=edition.pk).placed is None


def test_fifty_are_listed_and_all_are_counted_but_rows_of_other_countries_are_no_fault():
    counts = [(f"Nowhere {number:03d}", 1) for number in range(60)] + [(f"Phuthong{BETWEEN}Otherland", 7)]
    found = told([*counts, ("Nongsai", 3)], join([key for key, _count in counts] + ["Nongsai"]))
    assert (found["rows"], found["joined"], found["names"], found["elsewhere"]) == (63, 3, 60, 7)
    assert len(found["unmatched"]) == 50
