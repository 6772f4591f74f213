"""Verbs on documents, and who sees them: the tier decides for what is published, the owner's house sees the rest.

Rules of law and non-working days are public by nature. Who may lay one down depends on how far it reaches: a rule for
the whole country needs a position whose area is the whole country (`reach`).
"""

from sala.access.scope import Scope

EDIT = "documents.edit"
PUBLISH = "documents.publish"
ISSUE = "documents.issue"
SCAN = "documents.scan"  # recorded when pages of a file are pictures only; a machine reads them then

DOCUMENT_SCOPE = Scope(
    owner="owner__path", area="owner__area__path", tier="tier", published="is_published", shared=("document", "pk"),
    sharing=PUBLISH,
)  # fmt: skip
FILE_SCOPE = Scope(
    owner="document__owner__path",
    area="document__owner__area__path",
    tier="document__tier",
    published="document__is_published",
    shared=("document", "document_id"),
)
LINK_SCOPE = FILE_SCOPE
RULE_SCOPE = Scope(everyone=True, owner="owner__path", area="reach")
DAY_SCOPE = Scope(everyone=True, owner="owner__path", area="reach")
ISSUED_SCOPE = Scope(owner="issuer__path", area="issuer__area__path", tier="tier")
