"""Sharing agreements: drafted and proposed by who publishes the data, signed by both offices, ended by either.

Access is what follows from the signatures: a sharing for each dataset, from the first day to the last. It ends by itself
on that day, and at once when the agreement is ended.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.catalogue import policy
from sala.catalogue.models import AgreedDataset, Agreement, Dataset, Signature
from sala.catalogue.operations.validity import check_fields
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.duties.operations.notices import write_about
from sala.journal.operations import record
from sala.people.models import Organisation, Position
from sala.people.operations import close_sharing, share_as_agreed

Named = Mapping[str, Sequence[str]]  # code of a part → names of columns
State = Agreement.State
REFERENCE_LOCK = 7_301_985
# verb of the step → states from which it may be taken
FROM = {
    "propose": (State.DRAFT,),
    "sign": (State.PROPOSED,),
    "decline": (State.PROPOSED,),
    "withdraw": (State.DRAFT, State.PROPOSED),
    "end": (State.SIGNED,),
}


def _next_reference() -> str:
    """A-2026-0001, counted within the year; a lock until the end of the transaction keeps two from taking the same."""
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [REFERENCE_LOCK])
    last = Agreement.objects.filter(reference__startswith=f"A-{year}-").order_by("-reference").first()
    return f"A-{year}-{int(last.reference.rpartition('-')[2]) + 1 if last else 1:04d}"


def _check(actor: Actor, giver: Organisation, receiver: Organisation, datasets: Sequence[Dataset], starts_on: date,
           ends_on: date, purpose: str) -> None:  # fmt: skip
    faults: dict[str, list[str]] = {}
    if giver == receiver:
        faults["receiver"] = [_("An agreement is made with another office. Choose it.")]
    if receiver.closed_on:
        faults["receiver"] = [_("This organisation was closed. Choose another one.")]
    if not datasets:
        faults["datasets"] = [_("Name at least one dataset.")]
    if ends_on < max(starts_on, clock.today()):
        faults["ends_on"] = [_("The last day lies in the past or before the first one. Correct the dates.")]
    if not purpose.strip():
        faults["purpose"] = [_("Say what it is shared for.")]
    if strange := [str(row) for row in datasets if not row.owner.path.startswith(giver.path)]:
        faults["datasets"] = [_("Not data of the office that gives: %(names)s") % {"names": ", ".join(strange)}]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], faults)
    for dataset in datasets:
        require(actor, policy.PUBLISH, dataset)


@operation
def draft_agreement(actor: Actor, *, giver: Organisation, receiver: Organisation, datasets: Sequence[Dataset],
                    title: Translated, purpose: str, starts_on: date, ends_on: date, terms: str = "", tier: str = "own",
                    document: Document | None = None, columns: Mapping[int, Named] | None = None) -> Agreement:  # fmt: skip
    """Write an agreement. Needs the right to name organisations for each dataset on it.

    columns  number of a dataset → what alone is shared of it; a dataset that is not named here is shared whole
    """
    _check(actor, giver, receiver, datasets, starts_on, ends_on, purpose)
    made = Agreement(
        reference=_next_reference(), giver=giver, receiver=receiver, title=title, purpose=purpose.strip()[:300],
        terms=terms.strip(), starts_on=starts_on, ends_on=ends_on, document=document, tier=tier, made_at=clock.now(),
    )  # fmt: skip
    check_fields(made)
    made.save()
    named = {dataset.pk: checked_columns(dataset, (columns or {}).get(dataset.pk, {})) for dataset in datasets}
    AgreedDataset.objects.bulk_create(
        AgreedDataset(agreement=made, dataset=dataset, columns=named[dataset.pk]) for dataset in datasets
    )
    record(actor, policy.PUBLISH, made, change="agreement drafted", datasets=[dataset.pk for dataset in datasets])
    return made


@operation
def change_agreement(actor: Actor, agreement: Agreement, *, datasets: Sequence[Dataset], **fields: Any) -> Agreement:
    """Write a draft anew. What went out to be signed is not changed any more."""
    agreement = _locked(agreement, "propose")
    for name, value in fields.items():
        setattr(agreement, name, value)
    _check(
        actor, agreement.giver, agreement.receiver, datasets, agreement.starts_on, agreement.ends_on, agreement.purpose
    )
    check_fields(agreement)
    agreement.save()
    agreement.agreed.exclude(dataset__in=datasets).delete()
    for dataset in datasets:
        AgreedDataset.objects.get_or_create(agreement=agreement, dataset=dataset)
    record(actor, policy.PUBLISH, agreement, change="edited")
    return agreement


@operation
def name_columns(actor: Actor, agreement: Agreement, columns: Mapping[int, Named]) -> Agreement:
    """Say for the datasets of a draft which columns alone are shared; a dataset without any is shared whole."""
    agreement = _locked(agreement, "propose")
    for row in agreement.agreed.select_related("dataset__owner", "dataset__place"):
        require(actor, policy.PUBLISH, row.dataset)
        row.columns = checked_columns(row.dataset, columns.get(row.dataset_id, {}))
        row.save(update_fields=["columns"])
    record(actor, policy.PUBLISH, agreement, change="columns named")
    return agreement


def checked_columns(dataset: Dataset, named: Named) -> dict[str, list[str]]:
    """The same, of columns that there are. Raises Invalid for a part or a column that the dataset does not have.

    Single columns are shared of tables only: what layers and cells show cannot be told from what they do not.
    """
    known = columns_to_share(dataset)
    found = {}
    for part, names in named.items():
        strange = [str(name) for name in names if name not in known.get(part, ())]
        if part not in known or strange:
            words = _("“%(title)s” has no table with these columns: %(names)s. Choose among those that it has.")
            told = words % {"title": dataset.title, "names": ", ".join(strange or [str(part)])}
            raise Invalid(told, {"columns": [told]})
        if names:
            found[part] = list(dict.fromkeys(names))
    return found


def columns_to_share(dataset: Dataset) -> dict[str, list[str]]:
    """Code of each part that is a table → names of its columns, as in its newest edition."""
    found = {}
    for part in dataset.distributions.all():
        newest = part.editions.filter(is_published=True).order_by("-number").first()
        if newest is not None and newest.is_table and not newest.is_layer:
            found[part.code] = [column["name"] for column in newest.columns]
    return found


def _locked(agreement: Agreement, step: str) -> Agreement:
    agreement = lock(agreement)
    if agreement.state not in FROM[step]:
        raise Conflict(
            _("The agreement is in the state “%(state)s”; this cannot be done to it now.")
            % {"state": agreement.get_state_display()}
        )
    return agreement


def _save(agreement: Agreement, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(agreement, name, value)
    agreement.save(update_fields=list(changes))


def _said(reason: str) -> str:
    if not reason.strip():
        words = _("Say why; the other office will read it.")
        raise Invalid(words, {"reason": [words]})
    return reason.strip()[:300]


@operation
def propose_agreement(actor: Actor, agreement: Agreement) -> Agreement:
    """Send it to be signed. From now on its words stand."""
    agreement = _locked(agreement, "propose")
    datasets = [row.dataset for row in agreement.agreed.select_related("dataset__owner", "dataset__place")]
    _check(
        actor, agreement.giver, agreement.receiver, datasets, agreement.starts_on, agreement.ends_on, agreement.purpose
    )
    _save(agreement, state=State.PROPOSED, is_proposed=True)
    record(actor, policy.PUBLISH, agreement, change="agreement proposed")
    for party in (agreement.giver, agreement.receiver):
        _tell(actor, agreement, party)
    return agreement


def _tell(actor: Actor, agreement: Agreement, party: Organisation) -> None:
    """Write to the posts that sign for a party."""
    for post in who_signs(party):
        write_about(
            agreement, post, lambda: _("An agreement waits for your signature"), "to-sign",
            note=lambda: agreement.purpose, leaving_out=actor.person_id,
        )  # fmt: skip


def who_signs(office: Organisation) -> QuerySet[Position]:
    """Posts of an office that sign agreements for it and take datasets over."""
    posts = Position.objects.filter(
        organisation=office, closed_on__isnull=True, grants__role__verbs__contains=[policy.AGREE]
    )
    return posts.select_related("organisation").distinct()


def sides_of(actor: Actor, agreement: Agreement) -> list[Organisation]:
    """Parties for which the actor may sign and that have not signed yet."""
    signed = set(agreement.signatures.values_list("organisation_id", flat=True))
    parties = (agreement.giver, agreement.receiver)
    return [party for party in parties if party.pk not in signed and can(actor, policy.AGREE, party)]


@operation
def sign_agreement(actor: Actor, agreement: Agreement, *, party: Organisation) -> Agreement:
    """Sign for a party. With the second signature access is open."""
    agreement = _locked(agreement, "sign")
    if party.pk not in (agreement.giver_id, agreement.receiver_id):
        raise Invalid(_("This office is no party to the agreement."))
    require(actor, policy.AGREE, party)
    if agreement.has_run_out:
        raise Conflict(_("Its last day has passed. Make a new agreement."))
    if agreement.signatures.filter(organisation=party).exists():
        raise Conflict(_("Your office has signed already."))
    Signature.objects.create(agreement=agreement, organisation=party, position_id=actor.position_id, at=clock.now())
    record(actor, policy.AGREE, agreement, change="agreement signed", organisation=party.pk)
    if agreement.signatures.count() == 2:
        _open(actor, agreement)
    return agreement


def _open(actor: Actor, agreement: Agreement) -> None:
    for row in agreement.agreed.select_related("dataset__owner", "dataset__place").order_by("dataset_id"):
        dataset = lock(row.dataset)
        if not dataset.owner.path.startswith(agreement.giver.path):
            raise Conflict(_("“%(title)s” has another owner by now. Make a new agreement.") % {"title": dataset.title})
        purpose = f"{agreement.reference}: {agreement.purpose}"[:300]
        start = max(agreement.starts_on, clock.today())
        row.sharing = share_as_agreed(
            dataset, agreement.receiver, purpose=purpose, start=start, until=agreement.ends_on, only=_only(row)
        )
        row.save(update_fields=["sharing"])
        record(actor, policy.AGREE, dataset, change="shared", organisation=agreement.receiver_id, start=start,
               until=agreement.ends_on, agreement=agreement.pk)  # fmt: skip
    _save(agreement, state=State.SIGNED)
    record(actor, policy.AGREE, agreement, change="agreement in force")


def _only(row: AgreedDataset) -> dict[str, list[str]] | None:
    """The columns by the numbers of their parts, as a sharing keeps them; None where the whole dataset is shared."""
    if not row.columns:
        return None
    numbers = dict(row.dataset.distributions.filter(code__in=row.columns).values_list("code", "pk"))
    if lost := [code for code in row.columns if code not in numbers]:
        words = _("“%(title)s” has no part %(names)s any more. Make a new agreement.")
        raise Conflict(words % {"title": row.dataset.title, "names": ", ".join(lost)})
    return {str(numbers[code]): names for code, names in row.columns.items()}


@operation
def decline_agreement(actor: Actor, agreement: Agreement, *, reason: str) -> None:
    """The receiver does not sign."""
    agreement = _locked(agreement, "decline")
    require(actor, policy.AGREE, agreement.receiver)
    _save(agreement, state=State.DECLINED, reason=_said(reason))
    record(actor, policy.AGREE, agreement, change="agreement declined", reason=reason)


@operation
def withdraw_agreement(actor: Actor, agreement: Agreement, *, reason: str) -> None:
    """The giver takes it back before both have signed."""
    agreement = _locked(agreement, "withdraw")
    verb = policy.AGREE if can(actor, policy.AGREE, agreement.giver) else policy.PUBLISH
    require(actor, verb, agreement.giver)
    _save(agreement, state=State.WITHDRAWN, reason=_said(reason))
    record(actor, verb, agreement, change="agreement withdrawn", reason=reason)


@operation
def end_agreement(actor: Actor, agreement: Agreement, *, reason: str) -> None:
    """Either party ends it before its day; access ends with it, at once."""
    agreement = _locked(agreement, "end")
    party = agreement.giver if can(actor, policy.AGREE, agreement.giver) else agreement.receiver
    require(actor, policy.AGREE, party)
    if agreement.has_run_out:
        raise Conflict(_("It has run out by itself already."))
    _save(agreement, state=State.ENDED, reason=_said(reason))
    for row in agreement.agreed.select_related("sharing", "dataset__owner", "dataset__place"):
        if row.sharing is not None:
            close_sharing(row.sharing)
            record(actor, policy.AGREE, row.dataset, change="no longer shared", organisation=agreement.receiver_id)
    record(actor, policy.AGREE, agreement, change="agreement ended", reason=reason)
