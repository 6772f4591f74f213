"""Verbs on datasets, and who sees them: the tier decides for what is published, the owner's house sees the rest."""

from sala.access.actor import in_part, part_of
from sala.access.scope import Scope

EDIT = "catalogue.edit"
CHART = "catalogue.chart"  # recorded when a chart was defined or removed, by whoever may edit
DECLARE = "catalogue.declare"  # recorded when key figures or rules were declared, changed or ended, by whoever may edit
SUBMIT = "catalogue.submit"
REVIEW = "catalogue.review"
PUBLISH = "catalogue.publish"
WITHDRAW = "catalogue.withdraw"
ASK = "access.ask"  # open to whoever is signed in with a verified e-mail address
PROPOSE = "showcases.propose"  # open to whoever sees the dataset and is signed in
AGREE = "catalogue.agree"  # sign for an office: sharing agreements, handing a dataset over, taking one over
HARVEST = "catalogue.harvest"

SHAPES = ("gpkg", "geojson", "shapefile")  # formats of editions that are layers
CELLS = ("geotiff",)
SHAPES_AND_CELLS = (*SHAPES, *CELLS)  # of these no single columns are shared

DATASET_SCOPE = Scope(
    owner="owner__path", area="place__path", tier="tier", published="is_published", shared=("dataset", "pk"),
    some=(in_part("dataset"), "pk"), sharing=PUBLISH,
)  # fmt: skip
COLUMN_SCOPE = Scope(
    owner="distribution__dataset__owner__path", area="distribution__dataset__place__path", tier="tier"
)  # of those who see the edition; what is public here is open to all of them
EDITION_SCOPE = Scope(
    owner="distribution__dataset__owner__path",
    area="distribution__dataset__place__path",
    tier="distribution__dataset__tier",
    published="is_published",
    embargo="not_before",
    shared=("dataset", "distribution__dataset_id"),
    some=(part_of("dataset"), "distribution_id"),
    some_of=("format", SHAPES_AND_CELLS),
)
PERSON_REQUEST_SCOPE = Scope(owner="owner__path", area="owner__area__path")  # and the person who asked
FOLLOW_SCOPE = Scope()  # nobody's but the person's own; its page reads by person
RELEASE_SCOPE = Scope(
    owner="dataset__owner__path", area="dataset__place__path", tier="dataset__tier", published="dataset__is_published",
    shared=("dataset", "dataset_id"),
)  # fmt: skip
AGREEMENT_SCOPE = Scope(
    owner="giver__path", area="giver__area__path", parties=("receiver__path",), tier="tier", published="is_proposed"
)
TRANSFER_SCOPE = Scope(owner="giver__path", area="giver__area__path", parties=("receiver__path",))
SERVICE_SCOPE = Scope(owner="owner__path", area="owner__area__path", tier="tier", published="is_published")
SHOWCASE_SCOPE = Scope(
    owner="dataset__owner__path", area="dataset__place__path", tier="dataset__tier", published="is_accepted",
    shared=("dataset", "dataset_id"),
)  # fmt: skip
SOURCE_SCOPE = Scope(owner="owner__path", area="owner__area__path", read=HARVEST)
RUN_SCOPE = Scope(owner="source__owner__path", area="source__owner__area__path", read=HARVEST)
REMOTE_SCOPE = Scope(
    owner="source__owner__path", area="source__owner__area__path", tier="source__tier", published="is_current"
)
