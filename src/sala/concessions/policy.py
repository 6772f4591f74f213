"""Verbs on concessions and parties, and who sees them.

ENTER     enter requests and what is known of concessions: the district's work
CONFIRM   confirm what was entered, field class by field class: the province, and the ministry for its sector
DECIDE    record a step of the procedure with the decision that allows it
PARTY     keep the register of parties: names, registration, who holds shares in whom
SCREEN    have an area or a request screened
INSPECT   enter inspections of concessions, and set them aside
ORDER     send orders and improvement notices about concessions
JUDGE     decide about findings: explained, accepted as an exception, corrected
ASSESS    run rounds of assessment, enter what was answered, settle where answers differ
GRADE     validate a grade that somebody else prepared
CONSTRAIN say which layers constrain, and what that means
RELEASE   open a class of fields to the public, or close it, by a recorded decision
IMPORT    read registers of others
DUES      say what a holder has to pay: terms of payment, values reported, fines; what is charged needs the books as well
TAKE      take the list along as a file: what is open to the reader; each time stands in the history
READ_ALL  read the entries of every area (inspection, assembly)

A concession is seen by the organisation that keeps its entry, by those who read what organisations in its area keep to
themselves, and by the organisation that holds it. The public sees it once a decision opens some class of its fields,
and of it those classes only (`sala.concessions.redaction`).
"""

from sala.access.scope import Scope

ENTER = "concessions.enter"
CONFIRM = "concessions.confirm"
DECIDE = "concessions.decide"
PARTY = "concessions.party"
SCREEN = "concessions.screen"
INSPECT = "concessions.inspect"
ORDER = "concessions.order"
JUDGE = "concessions.judge"
ASSESS = "concessions.assess"
GRADE = "concessions.grade"
CONSTRAIN = "concessions.constrain"
RELEASE = "concessions.release"
IMPORT = "concessions.import"
DUES = "concessions.dues"
TAKE = "concessions.take"
READ_ALL = "concessions.read"

CONCESSION_SCOPE = Scope(
    area="area__path",
    owner="lead__path",
    open="is_public",
    parties=("grants__holder__organisation__path",),
    read=READ_ALL,
)
PARTY_SCOPE = Scope(read=READ_ALL, area="area__path", owner="keeper__path", parties=("organisation__path",))
RELEASE_SCOPE = Scope(everyone=True)
CONSTRAINT_SCOPE = Scope(owner="owner__path", read=SCREEN)
SCREENING_SCOPE = Scope(owner="owner__path", area="area__path", read=READ_ALL)
FINDING_SCOPE = Scope(area="concession__area__path", owner="concession__lead__path", read=READ_ALL)
ROUND_SCOPE = Scope(
    owner="owner__path", area="area__path", tier="tier", read=READ_ALL,
    parties=("assessments__concession__grants__holder__organisation__path",),
)  # fmt: skip
# who keeps the books says what is owed into them; who reads it is said by the class of fields (redaction)
DUE_SCOPE = Scope(area="concession__area__path", owner="books__path")
IMPORT_SCOPE = Scope(read=IMPORT)
LOAN_SCOPE = Scope(owner="owner__path")
