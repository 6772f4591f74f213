"""A dataset of the health department of province 01, and files typed by hand."""

from pathlib import Path

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Dataset, Edition
from sala.core.language import Translated
from sala.core.models import Term

CLINICS = """code;name;district;year;clinics;staff
0101;Nongsai;Nongsai;2023;12;84
0102;Huaykhao;Huaykhao;2023;7;41
0101;Nongsai;Nongsai;2024;14;97
0102;Huaykhao;Huaykhao;2024;7;43
"""


@pytest.fixture
def table_file(tmp_path):
    """table_file(text, name) → a file with this content."""

    def write(text: str = CLINICS, name: str = "clinics.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def dataset(world) -> Dataset:
    """A draft of the owner's house, with one part called table."""
    actor = world.actor("owner")
    made = operations.create_dataset(
        actor, owner=world.organisation("HEALTH-P01"), slug="clinics-of-phuthong", place=world.area("01"),
        title=Translated(lo="ສຸກສາລາ ແຂວງພູທອງ", en="Clinics of Phuthong"), tier="public",
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
        frequency=Term.objects.get(scheme="frequency", code="ANNUAL"),
    )  # fmt: skip
    operations.add_distribution(actor, made, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    return made


ROLES = {"code": "area", "year": "period", "clinics": "value"}


@pytest.fixture
def deliver(world, dataset, table_file):
    """deliver(text, …) → an edition received and settled by the owner, not yet released."""

    def send(text: str = CLINICS, name: str = "clinics.csv", roles=ROLES, recipe=None, **more) -> Edition:
        part = dataset.distributions.get(code="table")
        edition = operations.receive_edition(world.actor("owner"), part, table_file(text, name), name, **more)
        return operations.settle_edition(world.actor("owner"), edition, recipe=recipe or {}, roles=roles)

    return send


@pytest.fixture
def release(world):
    """release(edition): submitted by the owner, published by the colleague."""

    def publish(edition: Edition) -> Edition:
        operations.submit_edition(world.actor("owner"), edition)
        operations.publish_edition(world.actor("colleague"), Edition.objects.get(pk=edition.pk))
        return Edition.objects.get(pk=edition.pk)

    return publish


@pytest.fixture
def clinics_figure(world, dataset):
    return operations.declare_figure(
        world.actor("owner"), dataset.distributions.get(code="table"), code="clinics",
        name=Translated(lo="ສຸກສາລາ", en="Clinics"), value_column="clinics", unit="",
    )  # fmt: skip
