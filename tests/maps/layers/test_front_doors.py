"""Theme maps curated for a front door stand on its home page and in its list, by topic, and on no other."""

import pytest
from django.test import override_settings

from sala.core.errors import Invalid
from sala.core.models import Term
from sala.maps import operations
from sala.maps.models import Layer, ThemeMap
from sala.maps.operations.theme_maps import Placed
from sala.site.models import Portal

pytestmark = pytest.mark.django_db

SENT = {
    "title_lo": "ປ່າ", "title_en": "Woods of the door", "description_lo": "", "description_en": "", "tier": "public",
    "west": "", "south": "", "east": "", "north": "",
}  # fmt: skip


@pytest.fixture
def shown(world, visit):
    """shown(address, host, who) → the page of that front door."""
    for code, topics in (("woods", ["forest"]), ("rivers", ["water"])):
        Portal.objects.create(
            code=code, host=f"{code}.example.org", name={"lo": code, "en": code.title()}, place=world.area("DM"),
            owner=world.organisation("LAND"), topics=topics,
        )  # fmt: skip

    def fetch(address: str, host: str, who: str = "public") -> str:
        with override_settings(ALLOWED_HOSTS=["*"]):
            answer = visit(who).get(address, headers={"host": f"{host}.example.org"})
        assert answer.status_code == 200
        return answer.content.decode()

    return fetch


@pytest.fixture
def put(world, cover):
    """put(title, topic, portal) → a published theme map of the ministry of land."""

    def make(title: str, topic: str = "", portal: str = "") -> ThemeMap:
        made = operations.make_theme_map(
            world.actor("command"), world.organisation("LAND"), title={"lo": title, "en": title}, portal=portal,
            topic=Term.objects.get(scheme="topic", code=topic) if topic else None, layers=[Placed(Layer.objects.get(pk=cover.pk))],
        )  # fmt: skip
        operations.publish_theme_map(world.actor("command"), made)
        return made

    return make


def test_a_map_is_curated_for_a_front_door_on_the_page_and_stands_there_only(world, cover, shown, visit):
    officer, topic = visit("colleague"), Term.objects.get(scheme="topic", code="forest")
    sent = SENT | {"owner": "HEALTH-P01", "topic": topic.pk, "portal": "woods"}
    wrong = officer.post("/map/maps/new/", sent | {"portal": "nowhere"})
    assert wrong.status_code == 200 and not ThemeMap.objects.exists()
    assert officer.post("/map/maps/new/", sent).status_code == 302
    made = ThemeMap.objects.get()
    assert made.portal == "woods"
    operations.arrange(world.actor("colleague"), made, [Placed(Layer.objects.get(pk=cover.pk))])
    assert "Woods of the door" not in shown("/", "woods", "colleague")  # a draft is no part of a home page
    operations.publish_theme_map(world.actor("colleague"), made)
    for address in ("/", "/map/maps/"):
        assert "Woods of the door" in shown(address, "woods")
        assert "Woods of the door" not in shown(address, "rivers")
    assert officer.post(f"/map/maps/{made.code}/edit/", sent | {"portal": "rivers"}).status_code == 302
    assert "Woods of the door" in shown("/", "rivers") and "Woods of the door" not in shown("/", "woods")
    assert visit("stranger").post(f"/map/maps/{made.code}/edit/", sent).status_code == 403


def test_a_home_page_has_its_own_maps_and_those_of_its_topics_by_topic(put, shown, visit):
    put("Streams", "water"), put("Timber", "forest"), put("Own roads", "infrastructure", "woods"), put("Untold")
    page = shown("/", "woods")
    assert [title for title in ("Streams", "Timber", "Own roads", "Untold") if title in page] == ["Timber", "Own roads"]
    assert (
        page.index("<h3>Forest</h3>")
        < page.index("Timber")
        < page.index("<h3>Infrastructure</h3>")
        < page.index("Own roads")
    )
    everything = shown("/map/maps/", "woods")
    assert all(title in everything for title in ("Streams", "Timber", "Own roads", "Untold"))
    codes = {one["title"]["en"] for one in visit().get("/api/v1/maps?portal=rivers").json()["items"]}
    assert codes == {"Streams", "Timber", "Untold"}


def test_the_front_door_opens_no_map(put, shown):
    made = put("Timber", "forest", "woods")
    ThemeMap.objects.filter(pk=made.pk).update(tier="government")
    assert "Timber" not in shown("/", "woods") and "Timber" in shown("/", "woods", "stranger")


def test_a_front_door_that_is_not_there_is_refused_at_every_door(put):
    with pytest.raises(Invalid, match="no such front door"):
        put("Timber", "forest", "nowhere")
