"""One object per noun × tier × state, and for every address how to fill it.

An address is either about a subject (then page and rule must agree for every actor), or general, or named here as left
out with the reason. A new address that stands in none of the three lists fails the crawl.
"""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.actor import command
from sala.bodies.models import Body, Course, Meeting, Minutes, Participant, Project, Seat
from sala.catalogue.models import Agreement, DataService, Dataset, Distribution, Edition, PlannedRelease, Showcase
from sala.collection.models import Form, FormVersion, Reading, Submission, Visit
from sala.concessions.models import Concession, Grant, Party, Release
from sala.concessions.operations import follow_releases
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.maps.models import Layer, MapLayer, ThemeMap
from sala.people.operations import share
from tests.outside import appoint_outside

TIERS = ["public", "government", "named", "own"]
STATES = ["draft", "published", "withdrawn"]
BODY_TIERS = ["public", "government", "own"]
MEETING_STATES = [
    ("draft", False), ("called", True), ("held", True), ("approved", True), ("cancelled", True), ("cancelled", False),
]  # fmt: skip
PLACED = ["zirkon-public-published", "zirkon-government-published", "zirkon-own-draft"]  # layers of every theme map
ACTORS = ["owner", "colleague", "head", "reviewer", "stranger", "admin", "company", "partner", "citizen", "public"]
SECRET = "zirkon"  # stands in every title, so that one search asks for all


def make_world(world) -> None:
    """Enter the objects straight, without files: the crawl asks who sees them, not how they came."""
    appoint_outside(world)
    for tier in TIERS:
        for state in STATES:
            _dataset(world, tier, state)
            _document(world, tier, state)
    for model, who in ((Dataset, "colleague"), (Document, "records")):
        for row in model.objects.filter(slug__startswith=SECRET, tier="named"):
            share(world.actor(who), row, world.organisation("LAND-P02"), purpose="Land use plan")


def make_exchange(world) -> None:
    """Data services in every tier and state, agreements in every tier and before and after they went out, showcases
    of every dataset, accepted and proposed."""
    house, guest = world.organisation("HEALTH-P01"), world.organisation("LAND-P02")
    for tier in BODY_TIERS:
        for state in STATES:
            service = DataService.objects.create(
                slug=f"{SECRET}-service-{tier}-{state}", owner=house, tier=tier, state=state, is_published=state == "published",
                title=Translated(lo=f"ບໍລິການ {tier} {state}", en=f"{SECRET} service {tier} {state}"),
                endpoint="https://example.org/api", reason="moved" if state == "withdrawn" else "",
                licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"), restriction=_closed(tier),
            )  # fmt: skip
            service.datasets.set(Dataset.objects.filter(slug__startswith=SECRET))
        for state in ("draft", "proposed"):
            agreement = Agreement.objects.create(
                reference=f"{SECRET}-{tier}-{state}", giver=house, receiver=guest, tier=tier, state=state,
                is_proposed=state == "proposed", purpose="Plan", starts_on=clock.today(), ends_on=clock.today(),
                title=Translated(lo=f"ສັນຍາ {tier}", en=f"{SECRET} agreement {tier} {state}"), made_at=clock.now(),
            )  # fmt: skip
            for dataset in Dataset.objects.filter(slug__startswith=SECRET):
                agreement.agreed.create(dataset=dataset)
    for dataset in Dataset.objects.filter(slug__startswith=SECRET):
        for state in ("proposed", "accepted"):
            Showcase.objects.create(
                dataset=dataset, title=f"{SECRET} made of {dataset.slug} {state}", description="A map.", kind="map",
                url=f"https://example.org/{dataset.slug}/{state}", made_by="A school", year=2026, state=state,
                is_accepted=state == "accepted", proposed_at=clock.now(),
            )  # fmt: skip


def make_bodies(world) -> None:
    """Bodies, meetings, minutes, projects and courses of one house, in every tier; meetings and minutes in every state.

    Another ministry's office takes part in each.
    """
    guest = world.organisation("LAND-P02")
    for tier in BODY_TIERS:
        body = Body.objects.create(
            slug=f"{SECRET}-{tier}", kind="committee", name=Translated(lo=f"ຄະນະ {tier}", en=f"{SECRET} board {tier}"),
            area=world.area("01"), secretariat=world.organisation("HEALTH-P01"), tier=tier,
        )  # fmt: skip
        Seat.objects.create(body=body, position=world.position("LAND-P02-head"), valid=DateRange(clock.today(), None))
        for number, (state, is_called) in enumerate(MEETING_STATES):
            meeting = Meeting.objects.create(
                reference=f"{SECRET}-{tier}-{number}", body=body, tier=tier, state=state, is_called=is_called,
                title=Translated(lo=f"ກອງປະຊຸມ {tier} {state}", en=f"{SECRET} meeting {tier} {state}"),
                starts_at=clock.now(), cancelled_reason="flood" if state == "cancelled" else "",
            )  # fmt: skip
            Participant.objects.create(meeting=meeting, organisation=guest)
            if state in ("held", "approved"):
                approved = state == "approved"
                Minutes.objects.create(
                    meeting=meeting, opens_to=tier, tier=tier if approved else "own", is_circulated=approved,
                    state="approved" if approved else "draft", approved_at=clock.now() if approved else None,
                    digest="0" * 64 if approved else "", frozen={"lo": f"{SECRET} ເນື້ອໃນ", "en": f"{SECRET} words"},
                )  # fmt: skip
        project = Project.objects.create(
            slug=f"{SECRET}-{tier}", kind="project", title=Translated(lo=f"ໂຄງການ {tier}", en=f"{SECRET} project {tier}"),
            starts_on=clock.today(), owner=world.organisation("HEALTH-P01"), tier=tier,
        )  # fmt: skip
        project.areas.add(world.area("01"))
        project.partners.create(organisation=guest, role="partner")
        Course.objects.create(
            slug=f"{SECRET}-{tier}", title=Translated(lo=f"ຫຼັກສູດ {tier}", en=f"{SECRET} course {tier}"),
            owner=world.organisation("HEALTH-P01"), tier=tier,
        )  # fmt: skip


def make_maps(world) -> None:
    """A layer of every dataset of make_world, with an edition of shapes beside its table; theme maps in every tier."""
    for dataset in Dataset.objects.filter(slug__startswith=SECRET):
        part = Distribution.objects.create(dataset=dataset, code="shapes", name=Translated(lo="ຊັ້ນແຜນທີ່", en="Layer"))
        Edition.objects.create(
            distribution=part, number=1, state=dataset.state, is_published=dataset.is_published, period="2024",
            file_name="x.geojson", media_type="application/geo+json", format="geojson", bytes=1, sha256="1" * 64,
            received_at=clock.now(), published_at=clock.now() if dataset.is_published else None,
        )  # fmt: skip
        Layer.objects.create(code=dataset.slug, title=dataset.title, distribution=part)
    for tier in BODY_TIERS:
        for is_published in (True, False):
            code = f"{SECRET}-{tier}-{'open' if is_published else 'made'}"
            made = ThemeMap.objects.create(
                code=code, title=Translated(lo=f"ແຜນທີ່ {tier}", en=f"{SECRET} map {tier}"), tier=tier,
                owner=world.organisation("HEALTH-P01"), is_published=is_published,
            )  # fmt: skip
            for order, layer in enumerate(Layer.objects.filter(code__in=PLACED)):
                MapLayer.objects.create(theme_map=made, layer=layer, order=order)


def make_forms(world) -> None:
    """Forms of one house in every tier, in use and not yet, each with an answer of another house; and one that was typed in for it."""
    sender = world.position("LAND-P02-data")
    for tier in BODY_TIERS:
        for is_published in (True, False):
            code = f"{SECRET}-{tier}-{'used' if is_published else 'made'}"
            form = Form.objects.create(
                slug=code, form_id=code, title=Translated(lo=f"ແບບຟອມ {tier}", en=f"{SECRET} form {tier}"), tier=tier,
                owner=world.organisation("HEALTH-P01"), is_published=is_published,
            )  # fmt: skip
            FormVersion.objects.create(
                form=form, number=1, version="1", state="current" if is_published else "draft", title=code,
                is_published=is_published, published_at=clock.now() if is_published else None, file_name="x.xlsx",
                sha256="0" * 64, bytes=1, xform="<h/>", md5="0" * 32, uploaded_at=clock.now(),
            )  # fmt: skip
            answer = Submission.objects.create(
                form=form, instance_id=f"uuid:{code}", xml="<data/>", sha256="0" * 64, channel="phone", position=sender,
                received_at=clock.now(),
            )  # fmt: skip
            Reading.objects.create(
                submission=answer, form=form, office=form.owner, area=world.area("0201"), read_at=clock.now()
            )
    typed = Submission.objects.create(
        form=form, instance_id=f"uuid:{SECRET}-typed", xml="<data/>", sha256="0" * 64, channel="paper",
        position=world.position("STAT-calls"), received_at=clock.now(),
    )  # fmt: skip
    Reading.objects.create(
        submission=typed, form=form, office=form.owner, answering=sender.organisation, area=world.area("0101"),
        read_at=clock.now(),
    )  # fmt: skip


def make_visits(world) -> None:
    """Visits of one house in every tier and state; another ministry's office goes along in the joint ones."""
    guest = world.position("LAND-P02-data")
    for tier in BODY_TIERS:
        for state in ("planned", "done", "off"):
            code = f"{SECRET}-{tier}-{state}"
            told = {"starts_on": clock.today(), "ends_on": clock.today(), "minutes": 30, "tier": tier}
            visit = Visit.objects.create(
                slug=code, position=world.position("HEALTH-P01-data"), organisation=world.organisation("HEALTH-P01"),
                title=Translated(lo=f"ລົງບ້ານ {tier} {state}", en=f"{SECRET} visit {tier} {state}"), state=state,
                reason="flood" if state == "off" else "", **told,
            )  # fmt: skip
            visit.areas.add(world.area("0101"))
            part = Visit.objects.create(
                slug=f"{code}-part", position=guest, organisation=guest.organisation, state="joined", joined=visit,
                title=Translated(lo=f"ສ່ວນ {tier} {state}", en=f"{SECRET} part {tier} {state}"), **told,
            )  # fmt: skip
            part.areas.add(world.area("0101"))


def make_concessions(world) -> None:
    """Concessions of one province: of a sector that a decision opened to everybody and of one it did not, confidential
    and not, in hand and named by an outside source only; each held by another house's company or by nobody here.
    """
    office, guest = world.organisation("LAND-P01"), world.organisation("LAND-P02")
    open_sector, closed_sector = (Term.objects.get(scheme="sector", code=code) for code in ("mining", "agriculture"))
    parties = [
        Party.objects.create(
            number=f"LP-{SECRET.upper()}-{number}", name=Translated(lo=f"ບໍລິສັດ {number}", en=f"{SECRET} holder {number}"),
            kind="company", area=office.area, keeper=office, organisation=organisation,
        )
        for number, organisation in enumerate([guest, None, None])
    ]  # fmt: skip
    number = 0
    for sector in (open_sector, closed_sector):
        for confidential in (False, True):
            for state in ("request", "signed", "terminated", "proposed"):
                number += 1
                row = Concession.objects.create(
                    reference=f"LC-{SECRET.upper()}-{number}", kind="lease", sector=sector, state=state, lead=office,
                    name=Translated(lo=f"ໂຄງການ {number}", en=f"{SECRET} concession {number}"), area=world.area("0101"),
                    is_confidential=confidential, confidential_reason="law" if confidential else "",
                    entered_at=clock.now(), changed_at=clock.now(), applicant=parties[2],
                )  # fmt: skip
                Grant.objects.create(concession=row, holder=parties[number % 2], granted_ha=number)
    decision = Document.objects.create(
        slug="opens-concessions", title=Translated(lo="ຂໍ້ຕົກລົງ"), owner=world.organisation("LAND"),
        kind=Term.objects.get(scheme="document-kind", code="decision"),
    )  # fmt: skip
    Release.objects.create(
        field_class="basics", sector=open_sector, decision=decision, valid=DateRange(clock.today(), None)
    )
    follow_releases(command())


def _closed(tier: str) -> Term | None:
    return None if tier == "public" else Term.objects.filter(scheme="restriction").first()


def _dataset(world, tier: str, state: str) -> None:
    published = state == "published"
    dataset = Dataset.objects.create(
        slug=f"{SECRET}-{tier}-{state}", title=Translated(lo=f"ຊຸດຂໍ້ມູນ {tier} {state}", en=f"{SECRET} set {tier} {state}"),
        owner=world.organisation("HEALTH-P01"), place=world.area("01"), tier=tier, state=state, is_published=published,
        restriction=_closed(tier), licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    part = Distribution.objects.create(dataset=dataset, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    Edition.objects.create(
        distribution=part, number=1, state="published" if published else state, is_published=published, period="2024",
        file_name="x.csv", media_type="text/csv", format="csv", bytes=1, sha256="0" * 64, received_at=clock.now(),
        published_at=clock.now() if published else None,
    )  # fmt: skip
    PlannedRelease.objects.create(
        dataset=dataset, period="2030", day=date(2031, 3, 1), first_day=date(2031, 3, 1), made_at=clock.now()
    )


def _document(world, tier: str, state: str) -> None:
    withdrawn = {"withdrawn_at": clock.now(), "withdrawn_reason": "superseded"} if state == "withdrawn" else {}
    Document.objects.create(
        slug=f"{SECRET}-{tier}-{state}", title=Translated(lo=f"ເອກະສານ {tier} {state}", en=f"{SECRET} paper {tier} {state}"),
        kind=Term.objects.filter(scheme="document-kind").first(), owner=world.organisation("HEALTH-P01"), tier=tier,
        state=state, is_published=state == "published", restriction=_closed(tier), issued_on=date(2024, 1, 1),
        published_at=None if state == "draft" else clock.now(), **withdrawn,
    )  # fmt: skip


def subject_pages(world):
    """(address, subject) pairs: the page must be there exactly for those who see the subject."""
    for dataset in Dataset.objects.filter(slug__startswith=SECRET):
        yield dataset.get_absolute_url(), dataset
        yield f"/api/v1/datasets/{dataset.slug}", dataset
        yield f"/journal/dataset/{dataset.pk}/", dataset
        yield f"/datasets/{dataset.slug}.ttl", dataset
        yield f"/datasets/{dataset.slug}.jsonld", dataset
        yield f"/datasets/{dataset.slug}.croissant.json", dataset
        yield f"/api/3/action/package_show?id={dataset.slug}", dataset
    for edition in Edition.objects.filter(distribution__dataset__slug__startswith=SECRET):
        yield edition.get_absolute_url(), edition
    for layer in Layer.objects.filter(code__startswith=SECRET).select_related("distribution__dataset"):
        yield layer.get_absolute_url(), layer
        yield f"/api/v1/layers/{layer.code}", layer
        if layer.dataset.is_published:
            yield f"/tiles/{layer.code}/0/0/0.mvt", layer
    for theme_map in ThemeMap.objects.filter(code__startswith=SECRET):
        yield theme_map.get_absolute_url(), theme_map
        yield f"/api/v1/maps/{theme_map.code}", theme_map
    for document in Document.objects.filter(slug__startswith=SECRET):
        yield document.get_absolute_url(), document
        yield f"/api/v1/documents/{document.slug}", document
        yield f"/journal/document/{document.pk}/", document
    for service in DataService.objects.filter(slug__startswith=SECRET):
        yield service.get_absolute_url(), service
        yield f"/api/v1/data-services/{service.slug}", service
        yield f"/journal/data-service/{service.pk}/", service
    for agreement in Agreement.objects.filter(reference__startswith=SECRET):
        yield agreement.get_absolute_url(), agreement
        yield f"/api/v1/agreements/{agreement.reference}", agreement
        yield f"/journal/agreement/{agreement.pk}/", agreement
    for model, noun, plural in (
        (Body, "body", "bodies"),
        (Project, "project", "projects"),
        (Course, "course", "courses"),
    ):
        for row in model.objects.filter(slug__startswith=SECRET):
            yield row.get_absolute_url(), row
            yield f"/api/v1/{plural}/{row.slug}", row
            yield f"/journal/{noun}/{row.pk}/", row
    for row in Concession.objects.filter(reference__contains=SECRET.upper()):
        yield row.get_absolute_url(), row
        for part in ("changes", "known"):
            yield f"{row.get_absolute_url()}{part}/", row
        yield f"/api/v1/concessions/{row.reference}", row
        yield f"/api/v1/concessions/{row.reference}/history", row
        yield f"/journal/concession/{row.pk}/", row
    for row in Party.objects.filter(number__contains=SECRET.upper()):
        yield row.get_absolute_url(), row
        yield f"/api/v1/parties/{row.number}", row
        yield f"/journal/party/{row.pk}/", row
    for form in Form.objects.filter(slug__startswith=SECRET):
        yield form.get_absolute_url(), form
        yield f"/api/v1/forms/{form.slug}", form
        yield f"/journal/form/{form.pk}/", form
    for row in Visit.objects.filter(slug__startswith=SECRET):
        yield row.get_absolute_url(), row
        yield f"/api/v1/visits/{row.slug}", row
        yield f"/journal/visit/{row.pk}/", row
    for version in FormVersion.objects.filter(form__slug__startswith=SECRET):
        yield version.get_absolute_url(), version
        yield f"{version.get_absolute_url()}form.xml", version
    for answer in Submission.objects.filter(form__slug__startswith=SECRET):
        yield answer.get_absolute_url(), answer
        yield f"{answer.get_absolute_url()}answer.xml", answer
        yield f"/api/v1/answers/{answer.pk}", answer
        yield f"/journal/answer/{answer.pk}/", answer
    for meeting in Meeting.objects.filter(reference__startswith=SECRET):
        yield meeting.get_absolute_url(), meeting
        yield f"{meeting.get_absolute_url()}agenda/", meeting
        yield f"/api/v1/meetings/{meeting.reference}", meeting
        if meeting.state in ("draft", "called"):
            yield f"/journal/meeting/{meeting.pk}/", meeting


# names of addresses that subject_pages covers
COVERED = {
    "catalogue:dataset", "catalogue:dataset_ttl", "catalogue:dataset_jsonld", "catalogue:dataset_croissant", "catalogue:edition", "documents:document", "site:history", "api:dataset", "api:document",
    "bodies:body", "bodies:meeting", "bodies:agenda", "bodies:project", "bodies:course",
    "collection:form", "collection:version", "collection:xform",
    "collection:answer", "collection:answer_xml", "collection:visit",
    "concessions:concession", "concessions:changes", "concessions:known", "concessions:party",
    "exchange:service", "exchange:agreement",
    "maps:layer", "maps:tile", "maps:theme_map",
}  # fmt: skip
