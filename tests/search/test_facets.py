"""Facets of what has several values: every object counts once for each of its topics and places."""

from collections import Counter

import pytest

from sala.access.actor import public
from sala.search.queries import find

NORTH, SOUTH = 2, 3  # ids, as put numbers them
OBJECTS = [
    (["water"], [NORTH]),
    (["water"], [NORTH]),
    (["water", "health"], [NORTH]),
    (["health", "water"], [NORTH, SOUTH]),
    (["health"], [SOUTH]),
    ([], [SOUTH]),
    (["roads"], []),
]


@pytest.fixture
def wells(put):
    put("Country", noun="area", codes=["C"], areas=[1])
    put("North", noun="area", codes=["N"], areas=[1, NORTH])
    put("South", noun="area", codes=["S"], areas=[1, SOUTH])
    for topics, areas in OBJECTS:
        put("A deep well", topics=topics, areas=[1, *areas])


@pytest.mark.parametrize("text", ["well", "deep well"])
def test_topics_and_places_are_counted_object_by_object(wells, text):
    results = find(public(), text, language="en")
    facets = {facet.name: {value.value: value.number for value in facet.values} for facet in results.facets}
    assert results.count == len(OBJECTS)
    assert facets["topic"] == Counter(topic for topics, _areas in OBJECTS for topic in topics)
    assert facets["place"] == Counter({NORTH: "N", SOUTH: "S"}[area] for _topics, areas in OBJECTS for area in areas)
