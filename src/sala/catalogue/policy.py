"""Verbs on datasets, and who sees them: the tier decides for what is published, the owner's house sees the rest."""

from sala.access.scope import Scope

EDIT = "catalogue.edit"
CHART = "catalogue.chart"  # recorded when a chart was defined or removed, by whoever may edit
SUBMIT = "catalogue.submit"
REVIEW = "catalogue.review"
PUBLISH = "catalogue.publish"
WITHDRAW = "catalogue.withdraw"
ASK = "access.ask"  # open to whoever is signed in with a verified e-mail address

DATASET_SCOPE = Scope(
    owner="owner__path", area="place__path", tier="tier", published="is_published", shared=("dataset", "pk"),
    sharing=PUBLISH,
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
)
PERSON_REQUEST_SCOPE = Scope(owner="owner__path", area="owner__area__path")  # and the person who asked
