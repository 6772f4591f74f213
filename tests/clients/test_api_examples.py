"""Every example in the description of the API is asked of the demonstration country, as a reader of the description would."""

from django.test import Client

from config.api import api
from tests.conftest import connected_to
from tests.world import World

# Numbered or named as they come: nobody can know one before.
AS_THEY_COME = {"pk", "reference", "number", "noun", "other"}
NOUNS = ("bodies", "courses", "data-services", "facilities", "forms", "ledger/accounts", "projects", "assessment-rounds", "visits",
         "assessment-criteria")  # fmt: skip  # none of them stands in the served world

OF_THE_HOUSE = ("/sharings {}", "/usage {}")  # told to the owner's house alone, of which nobody here is


def readings() -> list[tuple[str, dict[str, object], set[str]]]:
    """(address, query, parameters that are needed and have no example) of every address that can be read."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" not in methods:
            continue
        parameters = methods["get"].get("parameters", [])
        given = {one["name"]: one["example"] for one in parameters if "example" in one}
        lacking = {one["name"] for one in parameters if one.get("required")} - given.keys()
        inside = {one["name"] for one in parameters if one["in"] == "path"}
        address = path if lacking else path.format(**given)
        found.append((address, {name: value for name, value in given.items() if name not in inside}, lacking))
    return found


def test_every_reading_has_an_example_unless_its_number_is_given_as_it_comes():
    without = [address for address, _query, lacking in readings() if lacking]
    unknown = [
        address
        for address, _query, lacking in readings()
        if lacking - AS_THEY_COME and not any(address.startswith(f"/api/v1/{noun}/") for noun in NOUNS)
    ]
    assert unknown == [] and len(without) < len(readings()) / 2


def test_every_example_is_answered(served, django_db_blocker):
    asked = [(address, query) for address, query, lacking in readings() if not lacking]
    assert ("/api/v1/places/01", {}) in asked and any("where" in str(query.get("q")) for _address, query in asked)
    with django_db_blocker.unblock(), connected_to(served.database):
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(World().person("admin"), backend="sala.people.sign_in.LinkBackend")
        told = {f"{address} {query}": browser.get(address, query).status_code for address, query in asked}
    refused = {address for address, status in told.items() if status == 403}
    assert all(address.endswith(OF_THE_HOUSE) for address in refused) and refused
    assert {address: status for address, status in told.items() if status != 200 and address not in refused} == {}
