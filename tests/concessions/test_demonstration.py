"""The invented projects keep the published margins, are marked, lie inside the boundaries, and are entered once."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import call_command

from config.demonstration.concessions import enter
from config.demonstration.concessions_plan import ANSWERS, SECTORS, plan
from sala.access.actor import command
from sala.concessions.models import (
    AreaShape,
    Concession,
    ConcessionArea,
    Party,
    Situation,
)
from sala.core.pack import PackError
from sala.documents.models import Document
from sala.places.queries import latest_boundaries
from tests.maps.conftest import boundaries, cover, read_once  # noqa: F401

OURS = {"outside_source": "Demonstration"}


def test_the_whole_set_has_the_published_margins():
    made = plan()
    assert len(made) == 2642 and Counter(one.kind for one in made) == {"concession": 1532, "lease": 1110}
    for code, (_number, hectares, share) in SECTORS.items():
        mine = [one for one in made if one.sector == code]
        granted = sum(one.hectares for one in mine)
        assert granted == Decimal(hectares), code
        assert abs(sum(one.developed for one in mine) / granted - Decimal(str(share))) < Decimal("0.001"), code
    shares = {code: row[2] for code, row in SECTORS.items()}
    assert (shares["agriculture"], shares["tree_plantation"], shares["mining"]) == (0.36, 0.61, 0.63)
    assert sum(one.hectares for one in made if one.sector == "mining") == 549_000
    assert round(sum(one.developed for one in made) / sum(one.hectares for one in made), 2) == Decimal("0.56")
    assert round(sum(bool(one.place) for one in made) / len(made), 2) == 0.53
    assert sum(one.double_of is not None for one in made) == 13
    answered = Counter(one.answer for one in made if one.answer)
    assert sum(answered.values()) == 25 and set(answered) == set(ANSWERS)
    assert len({one.fate for one in made}) == 8


def test_nothing_is_developed_beyond_what_was_granted_and_the_plan_is_always_the_same():
    made = plan(300)
    assert all(0 <= one.developed <= one.hectares for one in made) and made == plan(300)


@pytest.mark.django_db
def test_without_boundaries_nothing_is_located_and_nothing_screened(cast):
    assert enter(command(), 40).new == 40
    assert not AreaShape.objects.filter(area__concession__outside_source="Demonstration").exists()


@pytest.mark.django_db
def test_an_unknown_organisation_in_the_file_is_named(cast):
    with pytest.raises(PackError, match="NOWHERE"):
        enter(command(), 5, ["NOWHERE"])


@pytest.mark.django_db
def test_the_command_enters_what_is_missing_and_reckons_it(cast):
    enter(command(), 5)
    call_command("concessions_demo", count=12)
    assert Concession.objects.filter(**OURS).count() == Situation.objects.count() == 12


@pytest.mark.django_db
def test_a_sample_is_entered_once_marked_and_inside_its_district(cast, boundaries):  # noqa: F811
    assert enter(command(), 40).new == 40 and enter(command(), 40).new == 0
    rows = Concession.objects.filter(**OURS).select_related("area")
    assert rows.count() == 40 and all(row.is_invented for row in rows)
    assert not Party.objects.filter(source="Demonstration", is_invented=False).exists()
    assert not Document.objects.filter(source="Demonstration", is_invented=False).exists()
    shapes = AreaShape.objects.filter(area__concession__in=rows, area__purpose__in=["granted", "requested"])
    outlines = latest_boundaries([row.area for row in rows])
    assert shapes.exists()
    for shape in shapes.select_related("area__concession__area"):
        outline = outlines[shape.area.concession.area_id].geometry
        assert outline.buffer(1e-6).contains(shape.geometry or shape.point)
    assert ConcessionArea.objects.filter(concession__in=rows, purpose="implementation").exists()
