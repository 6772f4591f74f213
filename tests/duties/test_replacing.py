"""A corrected call takes the place of one that runs, without asking anybody to write it all again."""

import pytest

from sala.core.errors import Conflict, NotPermitted
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import Call

pytestmark = pytest.mark.django_db


def test_the_corrected_draft_is_prefilled_and_ends_the_old_call_when_it_is_issued(world, visit, issued):
    assignment = issued()
    old = assignment.call
    caller, address = visit("caller"), f"/calls/{old.reference}/replace/"
    page = caller.get(address).content.decode()
    assert "ສົ່ງຈຳນວນການເກີດ" in page and old.due_on.isoformat() in page
    data = {
        "kind": "data-call", "title_lo": "ຂໍ້ມູນການເກີດ ສະບັບແກ້ໄຂ", "purpose_lo": "ສຳລັບບົດລາຍງານ",
        "instruction_lo": "ສົ່ງຈຳນວນການເກີດ ຕໍ່ບ້ານ", "due_on": old.due_on.isoformat(),
    }  # fmt: skip
    answer = caller.post(address, data)
    new = Call.objects.get(replaces=old)
    assert answer.url == new.get_absolute_url()
    assert [row.position for row in new.assignments.all()] == [assignment.position]
    old.refresh_from_db()
    assert old.state == "issued"
    operations.issue_call(world.actor("caller"), new)
    old.refresh_from_db(), assignment.refresh_from_db()
    assert (old.state, assignment.state) == ("superseded", "superseded")
    assert new.get_absolute_url() in caller.get(old.get_absolute_url()).content.decode()


def test_only_who_speaks_for_the_post_replaces_and_only_a_call_that_runs(world, visit, issued, drafted):
    call = issued().call
    for who, status in (("owner", 403), ("stranger", 404), ("public", 404)):
        assert visit(who).get(f"/calls/{call.reference}/replace/").status_code == status
    with pytest.raises(NotPermitted):
        operations.replace_call(world.actor("owner"), call, kind="order", title=Translated({"lo": "ສັ່ງ"}))
    draft = drafted()
    assert visit("caller").get(f"/calls/{draft.reference}/replace/").status_code == 409
    with pytest.raises(Conflict, match="runs"):
        operations.replace_call(world.actor("caller"), draft, kind="order", title=Translated({"lo": "ສັ່ງ"}))


def test_a_post_keeps_a_period_of_its_own_and_takes_the_new_one_of_the_call(world, drafted):
    first, second = world.position("HEALTH-P01-data"), world.position("LAND-P02-data")
    old = drafted(asked=[operations.Asked(first, period="2024"), operations.Asked(second)], period="2025")
    operations.issue_call(world.actor("caller"), old)
    new = operations.replace_call(
        world.actor("caller"), old, kind="data-call", title=old.title, period="2025-Q4", due_on=old.due_on
    )  # fmt: skip
    assert dict(new.assignments.values_list("position__code", "period")) == {
        "HEALTH-P01-data": "2024", "LAND-P02-data": "2025-Q4",
    }  # fmt: skip
