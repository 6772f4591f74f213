"""A dataset of the health department of province 01, and files typed by hand."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sala.access.actor import command
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.operations.asking import Column, Fill, Row, keep_figures, lay_out_table
from sala.catalogue.queries.columns import askable_columns
from sala.catalogue.queries.table_answers import Answer, answer
from sala.catalogue.queries.table_query import question
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.duties import operations as duties
from sala.duties.models import Assignment, Call
from sala.people.operations import make_token

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


def rows_of(edition: Edition) -> Answer:
    """The first rows of an edition, all of its columns."""
    return answer(edition, question({}, askable_columns(command(), edition)))


@pytest.fixture
def clinics_figure(world, dataset):
    return operations.declare_figure(
        world.actor("owner"), dataset.distributions.get(code="table"), code="clinics",
        name=Translated(lo="ສຸກສາລາ", en="Clinics"), value_column="clinics", unit="",
    )  # fmt: skip


@pytest.fixture
def token_of(world):
    """token_of(code of a post, verbs) → the secret of an API token of that post."""

    def make(code: str, verbs=()) -> str:
        _token, secret = make_token(command(), world.position(code), name="program", verbs=list(verbs), days=10)
        return secret

    return make


# ---- figures asked by a call ----------------------------------------------------------------------------------------

FIGURES = {
    "pupils.female": 120, "pupils.male": 130, "pupils.total": 250,
    "dropouts.female": 4, "dropouts.male": 4, "dropouts.total": 8,
}  # fmt: skip


@pytest.fixture
def pupils():
    """Two figures, both counted and not below nought."""
    return [
        Row("pupils", Translated(lo="ນັກຮຽນ", en="Pupils"), unit="ຄົນ", minimum=Decimal(0), maximum=Decimal(100000)),
        Row("dropouts", Translated(lo="ນັກຮຽນປະລະການຮຽນ", en="Pupils who left"), unit="ຄົນ", minimum=Decimal(0)),
    ]


SEXES = [
    Column("female", Translated(lo="ຍິງ", en="Female")),
    Column("male", Translated(lo="ຊາຍ", en="Male")),
    Column("total", Translated(lo="ລວມ", en="Total"), sums=["female", "male"]),
]


@pytest.fixture
def figure_call(world, pupils):
    """figure_call(rows, position, period, …) → a draft of the caller that asks figures; rows=None: it says not which."""

    def make(rows="pupils", position=None, period="2026", many=None, columns=SEXES, **changes):
        call = duties.draft_call(
            world.actor("caller"), issuer=world.position("STAT-calls"), kind="data-call", area=world.area("01"),
            asked=many or [duties.Asked(position or world.position("HEALTH-P01-data"))], period=period,
            title=Translated(lo="ຈຳນວນນັກຮຽນ", en="Pupils asked"), purpose=Translated(lo="ສຳລັບບົດລາຍງານ"),
            instruction=Translated(lo="ນັບນັກຮຽນ ໃນທ້າຍສົກຮຽນ"), due_on=clock.today() + timedelta(days=30), **changes,
        )  # fmt: skip
        if rows is not None:
            wanted = pupils if rows == "pupils" else rows
            lay_out_table(world.actor("caller"), call, wanted, columns, unlike_percent=50)
        return Call.objects.get(pk=call.pk)

    return make


@pytest.fixture
def asked(world, figure_call):
    """asked(**changes) → the assignment of the owner's post in a call for figures that was just issued."""

    def make(**changes):
        call = figure_call(**changes)
        duties.issue_call(world.actor("caller"), call)
        return Assignment.objects.filter(call_id=call.pk).order_by("pk")[0]

    return make


@pytest.fixture
def filled(world):
    """filled(assignment, **changes) → the assignment with FIGURES as its draft, but for the changes."""

    def fill(assignment, **changes):
        fills = {key: Fill(value=Decimal(value)) for key, value in FIGURES.items()} | changes
        keep_figures(world.actor("owner"), assignment, fills)
        return assignment

    return fill


@pytest.fixture
def accepted(world, filled):
    """accepted(assignment) → filled in, submitted by the owner and accepted by the caller."""

    def make(assignment, **changes):
        filled(assignment, **changes)
        duties.acknowledge(world.actor("owner"), assignment)
        duties.submit(world.actor("owner"), assignment)
        duties.accept(world.actor("caller"), assignment)
        return Assignment.objects.get(pk=assignment.pk)

    return make
