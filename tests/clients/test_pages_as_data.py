"""What search engines and learning programs read of a dataset's page."""

import json
import urllib.request

import extruct
import mlcroissant


def test_the_page_of_a_dataset_says_in_schema_org_what_it_is(served):
    html = urllib.request.urlopen(f"{served.url}/datasets/rice/").read().decode()
    [told] = extruct.extract(html, base_url=served.url, syntaxes=["json-ld"])["json-ld"]
    assert told["@type"] == "Dataset" and told["url"] == f"{served.url}/datasets/rice/"
    assert {name["@language"] for name in told["name"]} == {"lo", "en"}
    assert told["includedInDataCatalog"]["@type"] == "DataCatalog"
    address = told["distribution"][0]["contentUrl"]
    assert urllib.request.urlopen(address).status == 200


def test_a_learning_program_reads_the_rows_of_a_table(served, tmp_path):
    text = urllib.request.urlopen(f"{served.url}/datasets/population.croissant.json").read()
    path = tmp_path / "croissant.json"
    path.write_bytes(text)
    dataset = mlcroissant.Dataset(jsonld=str(path))
    assert dataset.metadata.issues.errors == set()
    [name] = [each["@id"] for each in json.loads(text)["recordSet"]]
    first = next(iter(dataset.records(record_set=name)))
    assert first[f"{name}/population"] > 0
