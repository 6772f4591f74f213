"""The catalogue as RDF, read by a library of others and held against the shapes of DCAT-AP."""

import urllib.error
import urllib.request

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace, URIRef

from tests.conftest import SHARED

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = SHARED / "catalog" / "dcat-ap" / "3.0.0_html_shacl_shapes.ttl"


@pytest.fixture(scope="module")
def catalogue(served):
    return Graph().parse(f"{served.url}/catalog.ttl", format="turtle")


def slugs(graph):
    return {
        str(value)
        for dataset in graph.subjects(RDF.type, DCAT.Dataset)
        for value in graph.objects(dataset, DCTERMS.identifier)
    }


def test_the_catalogue_holds_what_the_public_sees_in_both_languages(served, catalogue):
    assert {"population", "rice", "land-cover"} <= slugs(catalogue)
    assert "staff-lists" not in slugs(catalogue)
    population = URIRef(f"{served.url}/datasets/population/")
    assert {title.language for title in catalogue.objects(population, DCTERMS.title)} == {"lo", "en"}
    [part] = catalogue.objects(population, DCAT.distribution)
    [address] = catalogue.objects(part, DCAT.downloadURL)
    assert b"population" in urllib.request.urlopen(str(address)).read()[:200]


def test_turtle_and_json_ld_say_the_same(served, catalogue):
    other = Graph().parse(f"{served.url}/catalog.jsonld", format="json-ld")
    first, second = (Graph().parse(f"{served.url}/datasets/rice.{kind}") for kind in ("ttl", "jsonld"))
    assert first.isomorphic(second) and len(first) > 20
    assert slugs(other) == slugs(catalogue)


def test_pages_are_linked_and_one_that_is_not_there_is_404(served, catalogue):
    [view] = catalogue.subjects(RDF.type, HYDRA.PartialCollectionView)
    assert str(catalogue.value(view, HYDRA.first)) == f"{served.url}/catalog.ttl?page=1"
    total = int(catalogue.value(URIRef(f"{served.url}/datasets/"), HYDRA.totalItems))
    assert total == len(slugs(catalogue))
    for page in ("2", "0", "x"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{served.url}/catalog.ttl?page={page}")


@pytest.mark.shared
def test_the_shapes_of_dcat_ap_find_no_violation(catalogue):
    shapes = Graph().parse(SHAPES)
    _conforms, report, text = validate(catalogue, shacl_graph=shapes, advanced=True)
    found = [
        (str(report.value(result, SH.resultPath)), str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultMessage)))
        for result in report.subjects(SH.resultSeverity, SH.Violation)
    ]  # fmt: skip
    assert found == [], text[:2000]


@pytest.mark.shared
def test_the_shapes_find_what_is_wrong(catalogue, served):
    """The check above can fail: a dataset without a title, a distribution without an address."""
    broken = Graph() + catalogue
    broken.remove((URIRef(f"{served.url}/datasets/rice/"), DCTERMS.title, None))
    broken.remove((None, DCAT.accessURL, None))
    _conforms, report, _text = validate(broken, shacl_graph=Graph().parse(SHAPES), advanced=True)
    paths = {report.value(result, SH.resultPath) for result in report.subjects(SH.resultSeverity, SH.Violation)}
    assert {DCTERMS.title, DCAT.accessURL} <= paths
