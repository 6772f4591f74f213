"""A request for documents: the papers asked, and what an office gives for each."""

from datetime import timedelta

import pytest

from sala.bodies import operations
from sala.bodies.forms.papers import PaperAskedForm, PapersGivenForm
from sala.bodies.operations.papers import missing_papers
from sala.core import clock
from sala.core.errors import Conflict, Missing, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties import operations as duties

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(world):
    """A draft that asks the owner's post."""
    return duties.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=[duties.Asked(world.position("HEALTH-P01-data"))],
        kind="data-call", title=Translated({"lo": "ຂໍເອກະສານ"}), purpose=Translated({"lo": "ສຳລັບກອງປະຊຸມ"}),
        instruction=Translated({"lo": "ສົ່ງແຜນ"}), due_on=clock.today() + timedelta(days=40),
    )  # fmt: skip


@pytest.fixture
def document(world):
    def make(slug, tier="public", owner="HEALTH-P01"):
        return Document.objects.create(
            slug=slug, title=Translated({"lo": "ແຜນ"}), owner=world.organisation(owner), tier=tier, state="published",
            is_published=True, kind=Term.objects.filter(scheme="document-kind").first(),
            restriction=None if tier == "public" else Term.objects.filter(scheme="restriction").first(),
        )  # fmt: skip

    return make


def ask(world, call, **described):
    return operations.ask_paper(world.actor("caller"), call, title=Translated({"lo": "ແຜນປະຈຳປີ"}), **described)


def issue(world, call):
    duties.issue_call(world.actor("caller"), call)
    assignment = call.assignments.get()
    return duties.acknowledge(world.actor("owner"), assignment)


def test_papers_are_numbered_and_asked_in_a_draft_only(world, call):
    assert [ask(world, call).number, ask(world, call, is_needed=False).number] == [1, 2]
    with pytest.raises(NotPermitted):
        operations.ask_paper(world.actor("owner"), call, title=Translated({"lo": "ກ"}))
    issue(world, call)
    with pytest.raises(Conflict, match="left its draft"):
        ask(world, call)


def test_what_must_be_given_is_missing_until_it_is_given(world, call, document):
    needed, _other = ask(world, call), ask(world, call, is_needed=False)
    assignment = issue(world, call)
    assert missing_papers(assignment) == [needed]
    operations.give_paper(world.actor("owner"), assignment, needed, document("first"))
    operations.give_paper(world.actor("owner"), assignment, needed, document("better"))
    assert missing_papers(assignment) == [] and assignment.papers_given.get().document.slug == "better"


def test_a_hidden_document_a_stranger_and_a_paper_of_another_call_are_refused(world, call, document):
    paper = ask(world, call)
    assignment = issue(world, call)
    with pytest.raises(Missing):
        operations.give_paper(world.actor("owner"), assignment, paper, document("hidden", tier="own", owner="LAND"))
    with pytest.raises(NotPermitted):
        operations.give_paper(world.actor("stranger"), assignment, paper, document("open"))
    assert not assignment.papers_given.exists()


def test_nothing_is_added_to_an_answer_that_was_given(world, call, document):
    paper = ask(world, call)
    assignment = issue(world, call)
    duties.submit(world.actor("owner"), assignment, answer="Here")
    with pytest.raises(Conflict, match="no longer awaited"):
        operations.give_paper(world.actor("owner"), assignment, paper, document("late"))


def test_a_paper_for_an_agenda_item_is_put_before_the_meeting(world, call, document, drafted, topic):
    meeting = drafted()
    paper = ask(world, call, item=topic(meeting))
    operations.give_paper(world.actor("owner"), issue(world, call), paper, document("plan"))
    assert [row.document.slug for row in topic(meeting).papers.all()] == ["plan"]


def test_the_forms_take_addresses_and_say_what_they_do_not_find(world, call, document):
    paper = ask(world, call)
    document("plan")
    form = PapersGivenForm({f"paper_{paper.pk}": "/documents/plan/"}, actor=world.actor("owner"), papers=[paper])
    assert form.is_valid() and form.given()[paper].slug == "plan"
    form = PapersGivenForm({f"paper_{paper.pk}": "nowhere"}, actor=world.actor("owner"), papers=[paper])
    assert not form.is_valid()
    assert not PaperAskedForm({"is_needed": "on"}).is_valid()


def test_a_request_for_documents_is_asked_given_and_returned_paper_by_paper_on_pages(world, visit, call, document):
    caller, owner = visit("caller"), visit("owner")
    duties.redraft_call(
        world.actor("caller"), call, asker="papers", kind="data-call", title=call.title, purpose=call.purpose,
        instruction=call.instruction, due_on=call.due_on,
    )  # fmt: skip
    page = caller.get(call.get_absolute_url()).content.decode()
    assert "Say which documents are asked" in page and f"/calls/{call.reference}/papers/" in page
    for title in ("ແຜນປະຈຳປີ", "ບົດລາຍງານ"):
        sent = {"title_0": title, "title_lo": title, "is_needed": "on"}
        assert caller.post(f"/calls/{call.reference}/papers/", sent).status_code == 302
    assert owner.get(f"/calls/{call.reference}/papers/").status_code == 404
    assignment = issue(world, call)
    document("plan")
    form = f"/assignments/{assignment.pk}/papers/given/"
    first, second = call.papers_asked.all()
    assert visit("stranger").get(form).status_code == 404
    assert owner.post(form, {f"paper_{first.pk}": "plan"}).status_code == 302
    refused = owner.post(f"/assignments/{assignment.pk}/submit/", {"answer": ""})
    assert refused.status_code == 422 and "ບົດລາຍງານ" in refused.content.decode()
    document("report")
    assert owner.post(form, {f"paper_{first.pk}": "plan", f"paper_{second.pk}": "report"}).status_code == 302
    assert owner.post(f"/assignments/{assignment.pk}/submit/", {"answer": ""}).status_code == 302
    assignment.refresh_from_db()
    assert (assignment.state, assignment.answer) == ("submitted", "2 documents")
    caller.post(f"/assignments/{assignment.pk}/return/", {"reason": "", "item_1": "Last year's report"})
    page = owner.get(assignment.get_absolute_url()).content.decode()
    assert "Last year&#x27;s report" in page and 'data-state="returned"' in page
