"""A planner of a province makes a theme map, draws an area, prints what is there, weighs two scenarios and sends the link."""

from urllib.parse import urlsplit

import pytest

from tests.browser import planning

pytestmark = pytest.mark.browser

OFFICE = "HEALTH-P01"


def reckon(page, start: str, title: str, *weights: str) -> str:
    named = dict(zip(("ຄວາມຊັນ", "ຄວາມເລິກ", "ບ້ານ"), weights, strict=True))
    return planning.reckon(page, start, title, named, place="01", cell="2000", owner=OFFICE)


def test_a_planner_goes_from_a_theme_map_to_two_scenarios_in_the_hands_of_the_governor(open_page, served):
    planner = open_page(width=1280, scripts=True, language="lo")
    planner.sign_in("owner")
    address = planning.make_theme_map(planner, "ປ່າໄມ້ ແລະ ທີ່ດິນ ຂອງແຂວງ", owner=OFFICE, layers=("land-cover", "districts"))
    publisher = open_page()
    publisher.sign_in("colleague")
    planning.publish_theme_map(publisher, address)

    planning.draw_and_look(planner, address, "99.9,20,101.1,21.1")
    here = planning.plain(planner.inner_text("main"))
    assert 50_000 < planning.hectares_in(here) < 400_000 and "forest" in here
    kept = planning.keep_it(planner, "ເຂດທີ່ແຕ້ມ")
    assert kept.startswith("/analyses/")
    paper = planning.words_of(planner, f"{served.url}{kept}paper.pdf")
    assert planning.reference(kept) in paper and "forest" in paper and kept in paper

    first = reckon(planner, "template:rubber", "ຢາງພາລາ: ຕາມດິນ", "5", "3", "1")
    second = reckon(planner, f"kept:{planning.reference(first)}", "ຢາງພາລາ: ໃກ້ບ້ານ", "1", "1", "6")
    assert first != second
    comparison = planning.compare(planner, "ສອງທາງເລືອກ", first=first)
    for each in (first, second, comparison):
        planning.open_to_government(planner, each)
    link = planner.input_value("#address")
    assert urlsplit(link).path == comparison

    governor = open_page(width=360)  # an old phone, without JavaScript
    governor.goto(link)
    assert "ສອງທາງເລືອກ" not in planning.plain(governor.inner_text("body"))
    governor.sign_in("chair")
    governor.goto(link)
    seen = planning.plain(governor.inner_text("main"))
    assert "ສອງທາງເລືອກ" in seen and "ໜອງໃສ" in seen and "S1" in seen
    assert planning.overflow_of(governor) <= 0
    assert governor.locator("figure img").evaluate("each => each.naturalWidth") > 50
    printed = planning.words_of(governor, f"{link}paper.pdf")
    assert planning.reference(comparison) in printed and "S1" in printed
