"""What is held already is shown to the author, and asked all the same only with a reason that everyone can read."""

import pytest

from sala.access.actor import command
from sala.catalogue import operations as catalogue
from sala.catalogue.models import Column
from sala.collection import operations
from sala.collection.models import AskedAnyway, Form
from sala.collection.queries.bank import words_in
from sala.collection.queries.held import alike, held_of, unanswered
from sala.core.errors import Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.places.models import Level
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db

HEAD = SURVEY[0]
PUPILS = ("integer", "pupils", "ຈຳນວນນັກຮຽນທັງໝົດ", "Number of pupils", "", "", "")


def drafted(world, workbook, who, house, form_id, *questions, about=True) -> Form:
    """A form of the house about districts, in which the questions stand after the code of the district."""
    path = workbook(f"{form_id}.xlsx", survey=[HEAD, SURVEY[1], *questions], form_id=form_id)
    form = operations.make_form(world.actor(who), world.organisation(house), path, path.name)
    if about:
        operations.change_form(
            world.actor(who), form, about="place", level=Level.objects.get(code="district"), subject_question="village"
        )
    form.refresh_from_db()
    return form


@pytest.fixture
def pupils_form(world, workbook):
    """In use: it asks districts for their pupils."""
    form = drafted(world, workbook, "owner", "HEALTH-P01", "pupils_a", PUPILS)
    operations.publish_version(world.actor("colleague"), form.versions.get())
    return form


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"lo": "ຈຳນວນນັກຮຽນທັງໝົດ"}, {"lo": "ຈໍານວນນັກຮຽນທັງໝົດ"}, True),  # SARA AM in two spellings
        ({"lo": "ຈຳນວນນັກຮຽນທັງໝົດ"}, {"lo": "ຈຳນວນຄູທັງໝົດ"}, False),
        ({"lo": "ຊື່"}, {"lo": "ຊື່"}, False),  # one word tells nothing
        ({"lo": "ຈຳນວນຄົນ"}, {"lo": "ຈຳນວນຄົນເຈັບທີ່ນອນໂຮງໝໍ"}, False),
        ({"lo": "ຈຳນວນນັກຮຽນ"}, {"en": "Number of pupils"}, False),  # no language in common
        ({"en": "Number of pupils"}, {"en": "number of PUPILS"}, True),
    ],
)
def test_texts_are_alike_by_most_of_their_words_in_one_language(one, other, expected):
    assert alike(words_in(one), words_in(other)) is expected


def test_a_question_of_another_ministry_is_held_and_generic_ones_are_not(world, workbook, pupils_form):
    generic = [
        ("text", "name", "ຊື່", "Name", "", "", ""), ("text", "remark", "ໝາຍເຫດອື່ນໆ", "Other remarks", "", "", ""),
        ("integer", "total", "ລວມ", "Total", "", "", ""),
    ]  # fmt: skip
    first = drafted(world, workbook, "owner", "HEALTH-P01", "other_a", *generic)
    operations.publish_version(world.actor("colleague"), first.versions.get())
    again = ("integer", "number_of_pupils", "ຈໍານວນນັກຮຽນທັງໝົດ", "How many pupils", "", "", "")
    form = drafted(world, workbook, "stranger", "LAND-P02", "pupils_b", again, *generic[:2])
    [held] = held_of(world.actor("stranger"), form.versions.get())
    assert (held.kind, held.question.field["name"]) == ("question", "number_of_pupils")
    assert held.key == f"{pupils_form.slug}:/data/pupils"
    assert held.url == pupils_form.get_absolute_url()


def test_a_form_about_nothing_or_with_another_type_is_not_compared(world, workbook, pupils_form):
    about_nothing = drafted(world, workbook, "owner", "HEALTH-P01", "pupils_c", PUPILS, about=False)
    assert held_of(world.actor("owner"), about_nothing.versions.get()) == []
    as_text = drafted(world, workbook, "owner", "HEALTH-P01", "pupils_d", ("text", *PUPILS[1:]))
    assert held_of(world.actor("owner"), as_text.versions.get()) == []


def test_it_is_not_put_in_use_before_each_has_its_reason_and_the_reasons_stay(visit, world, workbook, pupils_form):
    form = drafted(world, workbook, "owner", "HEALTH-P01", "pupils_e", PUPILS)
    version = form.versions.get()
    with pytest.raises(Invalid, match="Held already"):
        operations.publish_version(world.actor("colleague"), version)
    form.refresh_from_db()
    assert not form.is_published
    [held] = unanswered(world.actor("owner"), version)
    address = (held.path, held.kind, held.key)
    with pytest.raises(NotPermitted):
        operations.ask_anyway(world.actor("stranger"), version, {address: "Because"})
    with pytest.raises(Invalid):
        operations.ask_anyway(world.actor("owner"), version, {address: "  "})
    assert not AskedAnyway.objects.exists()
    operations.ask_anyway(world.actor("owner"), version, {address: "ສຳລັບຊັ້ນອະນຸບານ"})
    operations.publish_version(world.actor("colleague"), version)
    # a later version that asks the same needs no second answer
    path = workbook(
        "later.xlsx", survey=[HEAD, SURVEY[1], PUPILS, (*SURVEY[3][:5], "", "")], form_id="pupils_e", version="2"
    )
    later = operations.receive_version(world.actor("owner"), form, path, path.name)
    assert unanswered(command(), later) == []
    assert "ສຳລັບຊັ້ນອະນຸບານ" in visit("stranger").get(form.get_absolute_url()).content.decode()
    assert "ສຳລັບຊັ້ນອະນຸບານ" in visit("stranger").get("/questions/asked-anyway/").content.decode()
    assert "ສຳລັບຊັ້ນອະນຸບານ" not in visit("public").get("/questions/asked-anyway/").content.decode()


def test_the_pages_ask_for_the_reason(visit, world, workbook, pupils_form):
    form = drafted(world, workbook, "owner", "HEALTH-P01", "pupils_f", PUPILS)
    at = f"{form.get_absolute_url()}versions/1/"
    owner = visit("owner")
    assert "held/" in owner.get(at).content.decode()
    assert pupils_form.get_absolute_url() in owner.get(f"{at}held/").content.decode()
    assert visit("colleague").post(f"{at}publish/").status_code == 200  # refused, with words on the page
    assert owner.post(f"{at}held/", {"reason-0": ""}).status_code == 200
    assert owner.post(f"{at}held/", {"reason-0": "Other age"}).status_code == 302
    assert visit("colleague").post(f"{at}publish/").status_code == 302


def test_a_figure_of_the_catalogue_of_the_same_level_is_held(world, workbook):
    dataset = catalogue.create_dataset(
        world.actor("owner"), owner=world.organisation("HEALTH-P01"), slug="wells", place=world.area("01"),
        title=Translated(lo="ນ້ຳສ້າງ", en="Wells"), tier="public",
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
        frequency=Term.objects.get(scheme="frequency", code="ANNUAL"),
    )  # fmt: skip
    distribution = catalogue.add_distribution(
        world.actor("owner"), dataset, code="table", name=Translated(lo="ຕາຕະລາງ")
    )
    Column.objects.create(
        distribution=distribution, name="code", role="area", level=Level.objects.get(code="district"), order=1
    )
    Column.objects.create(
        distribution=distribution, name="wells_in_use", role="value", label={"lo": "ຈຳນວນນ້ຳສ້າງທີ່ໃຊ້ໄດ້"}, order=99
    )
    form = drafted(
        world, workbook, "owner", "HEALTH-P01", "wells", ("integer", "wells", "ຈຳນວນນ້ຳສ້າງທີ່ໃຊ້ໄດ້", "Wells", "", "", "")
    )
    found = held_of(world.actor("owner"), form.versions.get())
    assert [(one.kind, str(one.where)) for one in found] == [("column", str(dataset.title))]


def test_the_name_of_the_place_is_in_its_register(world, workbook):
    named = ("text", "name", "ຊື່ເມືອງ", "Name of the district", "", "", "")
    other = ("text", "head", "ຊື່ເຈົ້າເມືອງຜູ້ທີ່ໃຫ້ຂໍ້ມູນ", "Name of the person who answers", "", "", "")
    form = drafted(world, workbook, "owner", "HEALTH-P01", "named", named, other)
    assert [(one.kind, one.question.field["name"]) for one in held_of(world.actor("owner"), form.versions.get())] == [("register", "name")]  # fmt: skip
