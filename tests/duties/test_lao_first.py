"""What a call says reaches its reader in the country's language; where it is shown in another one instead, that is marked."""

import re
from datetime import timedelta

import pytest

from sala.core import clock
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.operations import missing_for_issue, remind
from sala.duties.operations.notices import TITLES
from sala.people.models import Message, Person
from tests.duties.conftest import answering

pytestmark = pytest.mark.django_db
LATIN = re.compile(r"[A-Za-z]{3,}")
ADDRESS = re.compile(r"https?://\S+|[A-Z]+-\d{4}-\d+")


@pytest.fixture
def lao_readers(world):
    Person.objects.update(language="lo")


def walk(world, issued, drafted):
    """A call through every step and every message that a step or the calendar makes."""
    caller, owner, head = world.actor("caller"), world.actor("owner"), world.actor("head")
    first = issued(review_plan=[{"up": 0, "post": "head"}])
    operations.acknowledge(owner, first)
    for granted in (True, False):
        until = first.due_on + timedelta(days=9 + granted)
        asked = operations.ask_extension(owner, first, until=until, reason="ນ້ຳຖ້ວມ")
        first = operations.decide_extension(caller, asked, granted=granted, answer="ຮັບຊາບ").assignment
    operations.declare_not_available(owner, first, reason="ຍັງບໍ່ມີ")
    operations.return_(caller, first, reason="ຂໍຄືນ")
    operations.submit(owner, first, answer="124")
    operations.approve(head, first)
    operations.unapprove(caller, first, reason="ໄວໄປ")
    operations.approve(head, first)
    operations.accept(caller, first)
    operations.hand_on(head, issued(), position=answering(world, "HEALTH-P01-records"))
    waived = issued()
    operations.waive(caller, waived, reason="ບໍ່ຈຳເປັນ")
    operations.withdraw_call(caller, issued().call, reason="ຖາມຊ້ຳ")
    operations.close_call(caller, issued().call, reason="ພໍແລ້ວ")
    late = issued()
    for day in (-6, -1, 1, 40, 60):
        remind(late.due_on + timedelta(days=day))
    checked = issued()
    operations.acknowledge(owner, checked)
    operations.submit(owner, checked, answer="124")
    remind(checked.due_on + timedelta(days=2))


def test_every_message_about_a_call_is_in_lao_for_a_lao_reader(world, issued, drafted, lao_readers):
    walk(world, issued, drafted)
    told = Message.objects.filter(subject_type="assignment")
    waves = {wave.partition("/")[0].partition("-")[0] for wave in told.values_list("wave", flat=True)}
    silent = {"supersede", "reopen"}
    assert {str(step) for step in TITLES} - silent - waves == set()
    assert {"before", "overdue", "check", "escalation", "extension", "hand_on"} <= waves
    foreign = {
        (message.wave, word)
        for message in told
        for word in LATIN.findall(ADDRESS.sub("", f"{message.title}\n{message.body}"))
    }
    assert foreign == set()


def test_no_call_goes_out_before_its_instruction_is_written_in_lao(world, drafted):
    english = drafted(instruction=Translated({"en": "Only in English"}))
    assert "instruction" in missing_for_issue(english, clock.today())
    with pytest.raises(Invalid, match="country's language"):
        operations.issue_call(world.actor("caller"), english)
    assert missing_for_issue(drafted(), clock.today()) == {}


def test_what_a_reader_gets_in_another_language_is_marked_as_such_on_every_page_of_the_call(world, visit, issued):
    words = {
        "title": Translated({"lo": "ຂໍຂໍ້ມູນ", "en": "Births asked"}),
        "purpose": Translated({"en": "A yearly report"}),
    }
    row = issued(**words)
    for address in (row.get_absolute_url(), row.call.get_absolute_url()):
        for language, text, other in (("en", "ສົ່ງຈຳນວນການເກີດ", "lo"), ("lo", "A yearly report", "en")):
            page = visit("owner", language=language).get(address).content.decode()
            mark = page[page[: page.index(text)].rindex("<") :]
            assert mark.startswith(f'<span lang="{other}" class="other-language">'), (address, language)
    for language in ("en", "lo"):
        page = visit("owner", language=language).get(f"/assignments/{row.pk}/acknowledge/").content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert ('lang="lo" class' in main) is (language == "en") and f'lang="{language}" class' not in main
