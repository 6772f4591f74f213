"""Harvested by sickle: identified, listed page by page, taken one by one."""

import urllib.parse
import urllib.request

import pytest
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import (
    BadArgument,
    BadResumptionToken,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoRecordsMatch,
)


@pytest.fixture(scope="module")
def archive(served):
    return Sickle(f"{served.url}/oai")


def test_it_says_what_it_is(archive, served):
    told = archive.Identify()
    assert told.baseURL == f"{served.url}/oai" and told.deletedRecord == "transient" and told.protocolVersion == "2.0"
    assert [each.metadataPrefix for each in archive.ListMetadataFormats()] == ["oai_dc"]
    assert {each.setSpec for each in archive.ListSets()} == {"dataset", "document"}


def test_records_are_listed_once_each_in_both_languages(archive):
    found = [header.identifier for header in archive.ListIdentifiers(metadataPrefix="oai_dc")]
    assert len(found) == len(set(found))
    names = {identifier.rsplit("/", 1)[1] for identifier in found}
    assert {"population", "rice", "land-cover"} <= names and "staff-lists" not in names
    [rice] = [identifier for identifier in found if identifier.endswith("dataset/rice")]
    said = archive.GetRecord(identifier=rice, metadataPrefix="oai_dc").metadata
    assert "Rice fields and yield" in said["title"] and len(said["title"]) == 2 and said["type"] == ["Dataset"]
    documents = list(archive.ListRecords(metadataPrefix="oai_dc", set="document"))
    assert all(record.header.setSpecs == ["document"] for record in documents)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"metadataPrefix": "marc"}, CannotDisseminateFormat),
        ({}, BadArgument),
        ({"metadataPrefix": "oai_dc", "from": "yesterday"}, BadArgument),
        ({"metadataPrefix": "oai_dc", "from": "2100-01-01"}, NoRecordsMatch),
        ({"resumptionToken": "W10="}, BadResumptionToken),
    ],
)
def test_what_cannot_be_answered_is_told_in_the_words_of_the_standard(archive, asked, expected):
    with pytest.raises(expected):
        list(archive.ListRecords(**asked))


def test_a_record_that_is_closed_is_as_one_that_is_not_there(archive):
    for name in ("staff-lists", "nothing"):
        with pytest.raises(IdDoesNotExist):
            archive.GetRecord(identifier=f"oai:127.0.0.1:dataset/{name}", metadataPrefix="oai_dc")


def test_signs_that_xml_cannot_hold_do_not_break_the_answer(served):
    query = urllib.parse.urlencode({"verb": "GetRecord", "identifier": "oai:\x01<>", "metadataPrefix": "oai_dc"})
    answer = etree.fromstring(urllib.request.urlopen(f"{served.url}/oai?{query}").read())
    assert answer.find(".//{*}error").get("code") == "idDoesNotExist"
