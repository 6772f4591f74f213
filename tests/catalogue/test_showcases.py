"""What others made of a dataset: proposed by anybody who signed in, shown when the office of the dataset accepts it."""

import pytest

from sala.catalogue.models import Showcase
from sala.catalogue.operations.showcases import MOST_WAITING, accept_showcase, decline_showcase, propose_showcase
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded, TooMany
from sala.people.models import Message

pytestmark = pytest.mark.django_db

WHAT = {
    "title": "Where clinics are missing", "description": "A thesis on distances.", "kind": "research",
    "url": "https://example.org/thesis", "made_by": "A university", "year": 2026,
}  # fmt: skip


@pytest.fixture
def published(dataset, deliver, release):
    release(deliver())
    dataset.refresh_from_db()
    return dataset


def test_a_citizen_proposes_the_office_accepts_and_everybody_sees_it(world, visit, published):
    page = published.get_absolute_url()
    visit("citizen").post(f"{page}showcases/new/", WHAT)
    made = Showcase.objects.get()
    for address in (page, "/showcases/"):
        assert "Where clinics are missing" not in visit().get(address).content.decode()
    assert visit().get(made.get_absolute_url()).status_code == 404
    assert "Showcase proposed" in visit("owner").get("/desk/").content.decode()
    visit("owner").post(made.get_absolute_url(), {"do": "accept"})
    for address in (page, "/showcases/", made.get_absolute_url()):
        assert "Where clinics are missing" in visit().get(address).content.decode()
    assert Message.objects.get(person=world.person("citizen")).title == "Your proposal is shown"
    assert visit().get(f"/api/v1/showcases?dataset={published.slug}").json()[0]["url"] == WHAT["url"]
    assert "Test citizen" not in visit().get(made.get_absolute_url()).content.decode()


def test_only_the_office_of_the_dataset_decides_and_says_why_not(world, visit, published):
    made = propose_showcase(world.actor("stranger"), published, **WHAT)
    assert made.post == world.position("LAND-P02-data")
    for who in ("stranger", "citizen"):
        with pytest.raises(NotPermitted):
            accept_showcase(world.actor(who), made)
        assert visit(who).post(made.get_absolute_url(), {"do": "accept"}).status_code == 404
    with pytest.raises(Invalid):
        decline_showcase(world.actor("owner"), made, reason=" ")
    decline_showcase(world.actor("owner"), made, reason="The address is empty")
    assert "The address is empty" in Message.objects.get(person=world.person("stranger")).body
    assert visit().get("/api/v1/showcases").json() == []


def test_nobody_proposes_without_an_address_for_hidden_data_or_twice(world, dataset, published):
    with pytest.raises(SignInNeeded):
        propose_showcase(world.actor("public"), published, **WHAT)
    propose_showcase(world.actor("citizen"), published, **WHAT)
    with pytest.raises(Conflict):
        propose_showcase(world.actor("stranger"), published, **WHAT)
    type(published).objects.update(tier="own")
    with pytest.raises(Missing):
        propose_showcase(world.actor("citizen"), published, **{**WHAT, "url": "https://example.org/2"})


def test_one_person_cannot_bury_an_office_in_proposals(world, published):
    for number in range(MOST_WAITING):
        propose_showcase(world.actor("citizen"), published, **{**WHAT, "url": f"https://example.org/{number}"})
    with pytest.raises(TooMany):
        propose_showcase(world.actor("citizen"), published, **WHAT)


def test_an_address_that_is_none_is_refused_on_page_and_api(client, visit, published, token_of):
    answer = visit("citizen").post(
        f"{published.get_absolute_url()}showcases/new/", {**WHAT, "url": "javascript:alert(1)"}
    )
    assert answer.status_code == 200 and not Showcase.objects.exists()
    headers = {"authorization": f"Bearer {token_of('LAND-P02-data')}"}
    address = f"/api/v1/datasets/{published.slug}/showcases"
    sent = client.post(address, {**WHAT, "url": "nowhere"}, content_type="application/json", headers=headers)
    assert sent.status_code == 422
    sent = client.post(address, WHAT, content_type="application/json", headers=headers)
    assert sent.status_code == 201 and sent.json()["state"] == "proposed"


def test_a_showcase_leaves_with_its_dataset(world, visit, published):
    made = propose_showcase(world.actor("citizen"), published, **WHAT)
    accept_showcase(world.actor("owner"), made)
    type(published).objects.update(state="withdrawn", is_published=False)
    assert visit().get(made.get_absolute_url()).status_code == 404
    assert "Where clinics" not in visit().get("/showcases/").content.decode()
