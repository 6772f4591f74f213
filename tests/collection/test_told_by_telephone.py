"""A teacher with only a telephone hears of the due date and of what became of the answer, in Lao and in one part."""

from datetime import timedelta

import pytest

from sala.collection.models import Expected
from sala.collection.operations import answers as operations
from sala.collection.operations.answer_reminders import remind_respondents
from sala.duties.operations.reminders import remind
from sala.people.gateways import Memory
from sala.people.models import Message, Person
from sala.people.operations import deliver
from sala.people.telephone import parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def only_telephone(settings, teacher):
    """The teacher without any address, and a gateway that takes short messages."""
    settings.SMS_GATEWAY = "sala.people.gateways.Memory"
    settings.BASE_URL = "https://data.example.org"
    person = Person.objects.get(email="teacher@example.org")
    person.email, person.phone = None, "020 5551 2345"
    person.save()
    return person


def sent_to(person):
    """The one message that went out to the person, and nothing by mail."""
    deliver()
    (message,) = [each for each in Memory.sent if each.person_id == person.pk]
    assert message.channel == "sms" and parts(message.body) == 1 and person.name not in message.body
    return message.body


def test_a_return_names_the_answer_and_where_it_is_read(world, answer, only_telephone):
    operations.return_(world.actor("owner"), answer, reason="Count again, Mr Kham is wrong")
    assert sent_to(only_telephone) == f"ສົ່ງຄືນ ໃຫ້ແກ້: ຄຳຕອບ {answer.pk} https://data.example.org/answers/{answer.pk}/"


def test_what_was_set_aside_is_told(world, answer, only_telephone):
    operations.set_aside(world.actor("owner"), answer, reason="Twice")
    assert sent_to(only_telephone) == f"ຖືກວາງອອກ: ຄຳຕອບ {answer.pk} https://data.example.org/answers/{answer.pk}/"


@pytest.mark.parametrize(("days", "words"), [(-3, "ຄຳຕອບຂອງທ່ານຄົບກຳນົດ"), (3, "ຊ້າແລ້ວ: ຄຳຕອບຄົບກຳນົດ")])
def test_a_reminder_comes_once_with_the_day(world, asked, teacher, only_telephone, days, words):
    row = asked["0101"]
    Expected.objects.filter(pk=row.pk).update(respondent=teacher)
    due = row.assignment.due_on
    remind_respondents(due + timedelta(days=days))
    remind_respondents(due + timedelta(days=days))
    assert sent_to(only_telephone) == f"{words} {due:%d/%m/%Y} https://data.example.org/desk/"


def test_the_office_asked_is_reminded_of_the_call(world, asked, settings):
    settings.SMS_GATEWAY, settings.BASE_URL = "sala.people.gateways.Memory", "https://data.example.org"
    assignment = asked["0101"].assignment
    person = world.person("owner")
    person.email, person.phone, person.language = None, "020 5551 2345", "lo"
    person.save()
    Message.objects.all().delete()
    remind(assignment.due_on + timedelta(days=1))
    body = sent_to(person)
    assert body == f"ຄຳຕອບຊ້າ: {assignment.call.reference} https://data.example.org{assignment.get_absolute_url()}"
