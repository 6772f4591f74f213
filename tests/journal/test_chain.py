"""The journal records every change once, cannot be altered, and proves it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sala.journal.models import Event, Seal, Unsealed
from sala.journal.operations import publish_head, record, seal_all
from sala.journal.queries import verify

pytestmark = pytest.mark.django_db


def write(world, count=3):
    return [record(world.actor("registrar"), "places.edit", world.area("01"), number=number) for number in range(count)]


def test_an_event_waits_for_its_seal_and_is_then_covered(world):
    write(world)
    assert Unsealed.objects.count() >= 3
    assert seal_all() >= 3
    verdict = verify()
    assert verdict.faults == [] and verdict.unsealed == 0 and verdict.events == Event.objects.count()


@pytest.mark.parametrize("statement", [
    "update journal_event set verb = 'x'", "delete from journal_event", "truncate journal_event cascade",
    "update journal_seal set digest = 'x'",
])  # fmt: skip
def test_the_serving_role_cannot_alter_what_is_recorded(world, statement):
    write(world)
    seal_all()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def as_owner_without_guard(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute("set role none")
        cursor.execute("alter table journal_event disable trigger user")
        cursor.execute(statement, parameters)
        cursor.execute("set role sala")


def test_a_change_made_behind_the_programs_back_is_found(world):
    event = write(world)[1]
    seal_all()
    as_owner_without_guard("update journal_event set text = replace(text, '01', '02') || ' ' where id = %s", [event.pk])
    assert any("was changed" in fault for fault in verify().faults)


@pytest.mark.parametrize("change", ["verb = 'people.edit'", "subject_id = subject_id + 1", "person_id = null",
                                    "position_id = 1", "at = at - interval '1 day'"])  # fmt: skip
def test_a_column_that_no_longer_says_what_the_sealed_text_says_is_found(world, change):
    event = write(world)[1]
    seal_all()
    assert verify().faults == []
    as_owner_without_guard(f"update journal_event set {change} where id = %s", [event.pk])
    assert "1 events have a column" in verify().faults[0]


def test_the_command_tells_a_fault_and_fails(world, capsys):
    event = write(world)[1]
    seal_all()
    call_command("journal", "verify")
    assert "The chain holds" in capsys.readouterr().out
    as_owner_without_guard("update journal_event set text = text || ' ' where id = %s", [event.pk])
    with pytest.raises(SystemExit) as stop:
        call_command("journal", "verify")
    assert stop.value.code == 1 and "was changed" in capsys.readouterr().err


def test_a_list_of_heads_that_cannot_be_read_is_named(world, tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        call_command("journal", "verify", heads=tmp_path / "absent.json")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[1, 2]")
    with pytest.raises(CommandError, match="no heads"):
        call_command("journal", "verify", heads=wrong)


def test_a_removed_event_is_found(world):
    event = write(world)[1]
    seal_all()
    as_owner_without_guard("delete from journal_event where id = %s", [event.pk])
    assert verify().faults


def test_a_head_held_outside_that_is_not_in_the_chain_is_found(world):
    write(world)
    head = publish_head()
    assert verify({head.day.isoformat(): head.digest}).faults == []
    assert "held outside" in verify({"2020-01-01": "0" * 63 + "1"}).faults[0]


def test_each_seal_follows_the_one_before(world):
    write(world)
    seal_all()
    write(world)
    seal_all()
    last, before = Seal.objects.order_by("-id")[:2]
    assert last.previous == before.digest


def test_the_journal_holds_numbers_of_people_and_no_names(world):
    event = write(world)[0]
    person = world.person("registrar")
    assert person.name not in event.text and person.email not in event.text and str(person.pk) in event.text
