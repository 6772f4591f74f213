"""What happened to a thing, in words: for everybody what and when, for officials the post, for auditors the details."""

import re

import pytest

from config.verbs import CHANGES, VERBS
from sala.access.actor import AREA_READ
from sala.catalogue import operations, policy
from sala.catalogue.models import Dataset
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Role
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(world):
    """A public dataset that was entered and described, and its history's two addresses."""
    made = operations.create_dataset(
        world.actor("owner"), owner=world.organisation("HEALTH-P01"), slug="clinics", place=world.area("01"),
        title=Translated(lo="ສຸກສາລາ", en="Clinics"), tier="public",
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    operations.add_distribution(world.actor("owner"), made, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    Dataset.objects.filter(pk=made.pk).update(state="published", is_published=True)
    return f"/journal/dataset/{made.pk}/", f"/api/v1/journal/dataset/{made.pk}"


def test_everybody_reads_what_happened_in_words_and_no_code_of_a_verb(visit, told):
    for lang, words in (("en", "A part was added"), ("lo", "ເພີ່ມສ່ວນໜຶ່ງ")):
        page = visit().get(f"{told[0]}?lang={lang}").content.decode()
        assert words in page and policy.EDIT not in page
    steps = visit().get(told[1]).json()
    assert steps["count"] == 2 and steps["items"][0]["post"] is None and steps["items"][0]["details"] == {}


def test_officials_read_which_post_acted_and_auditors_what_was_said(visit, told):
    steps = visit("stranger").get(told[1]).json()["items"]
    assert steps[0]["post"] and not steps[0]["details"]
    details = visit("head").get(told[1]).json()["items"][0]["details"]
    assert details["code"] == "table" and not {"person", "actor"} & set(details)


def test_nobody_reads_the_history_of_what_is_hidden(visit, told):
    Dataset.objects.update(is_published=False, state="draft")
    for who in (None, "stranger", "citizen"):
        for address in told:
            assert (visit(who) if who else visit()).get(address).status_code == 404
    assert visit("colleague").get(told[1]).status_code == 200


def test_every_verb_of_the_roles_and_every_recorded_change_has_words(world):
    used = {verb for role in Role.objects.all() for verb in role.verbs} | {AREA_READ}
    assert used - set(VERBS) == set()
    written = set()
    for path in (ROOT / "src").rglob("*.py"):
        written |= set(re.findall(r'change="([a-z ]+)"', path.read_text(encoding="utf-8")))
    assert written - set(CHANGES) == set()
