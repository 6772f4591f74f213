"""Opening, naming and closing accounts."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, money, subjects
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents import numbering
from sala.documents.models.issued import ACCOUNT
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import Account, AccountKind
from sala.ledger.queries.accounts import balance
from sala.ledger.wording import in_each_language
from sala.people.models import Organisation

Subject = models.Model | tuple[str, int]


def subject_key(subject: Subject | None) -> tuple[str, int | None]:
    """Noun and id; ("", None) for nothing."""
    if subject is None:
        return "", None
    return subject if isinstance(subject, tuple) else (subjects.of(subject).noun, subject.pk)


@operation
def open_account(actor: Actor, owner: Organisation, *, currency: str, kind: str = AccountKind.RECEIVABLE,
                 name: Mapping[str, str] | None = None, payer: Organisation | None = None,
                 debtor: Subject | None = None, subject: Subject | None = None, income: Term | None = None,
                 bank_number: str = "", code: str = "",
                 is_invented: bool = False, acting: int | None = None) -> Account:  # fmt: skip
    """Open an account in the books of an organisation; what can be there only once is given back when it is there.

    name    of a receivable: the payer's when none is given
    debtor  who owes, where that is no organisation: a row of any noun, by whose name the account goes
    Raises Invalid for a currency that no office takes, or for a receivable of nobody and nothing.
    """
    noun, pk = subject_key(subject)
    debtor_noun, debtor_pk = subject_key(debtor)
    account = Account(
        owner=owner, kind=kind, currency=currency, payer=payer, debtor_type=debtor_noun, debtor_id=debtor_pk,
        subject_type=noun, subject_id=pk, income=income,
        name=Translated(name or getattr(payer or debtor, "name", None)), bank_number=bank_number.strip(), code=code,
        is_invented=is_invented,
    )  # fmt: skip
    require(actor, policy.ENTER, account, acting=acting)
    if found := _there_already(account):
        return found
    try:
        with transaction.atomic():
            return _opened(actor, account)
    except IntegrityError:
        if found := _there_already(account):
            return found
        raise


def _there_already(account: Account) -> Account | None:
    same: dict[str, Any] = {"owner": account.owner, "kind": account.kind, "currency": account.currency}
    if account.is_receivable:
        named = ("payer", "debtor_type", "debtor_id", "subject_type", "subject_id")
        same |= {name: getattr(account, name) for name in named}
    elif account.kind == AccountKind.REVENUE:
        same["income"] = account.income
    elif account.holds_money:
        return None
    return Account.objects.filter(**same).first()


def _opened(actor: Actor, account: Account) -> Account:
    if account.currency not in money.known():
        raise Invalid(
            _("“%(code)s” is not a currency that offices take here. Use one of: %(known)s.")
            % {"code": account.currency, "known": ", ".join(money.known())}
        )
    if not account.code:
        account.code = numbering.written(numbering.take(account.owner, ACCOUNT, clock.today().year)).lower()
    if not account.name:
        account.name = in_each_language(lambda: AccountKind(account.kind).label)
    check(account)
    account.save(force_insert=True)
    record(actor, policy.ENTER, account, change="account opened", kind=account.kind, currency=account.currency)
    return account


def standard(actor: Actor, owner: Organisation, kind: str, currency: str, income: Term | None = None) -> Account:
    """The one account of its kind that the books need by themselves; opened when it is first needed.

    Called inside an operation that was allowed: entering what came in implies the account it comes into.
    """
    account = Account(owner=owner, kind=kind, currency=currency, income=income)
    if found := _there_already(account):
        return found
    account.name = Translated(income.name) if income else Translated()
    account.is_invented = owner.is_invented
    try:
        with transaction.atomic():
            return _opened(actor, account)
    except IntegrityError:
        if found := _there_already(account):
            return found
        raise


@operation
def rename_account(actor: Actor, account: Account, *, name: Mapping[str, str], bank_number: str = "") -> Account:
    """Call an account something else. What stands in it stays."""
    account = lock(account)
    require(actor, policy.ENTER, account)
    account.name = Translated(name)
    if account.holds_money:
        account.bank_number = bank_number.strip()
    check(account)
    account.save(update_fields=["name", "bank_number"])
    record(actor, policy.ENTER, account, change="account renamed")
    return account


@operation
def close_account(actor: Actor, account: Account, *, reason: str) -> Account:
    """Let nothing more be entered in an account. It must have come to nought."""
    account = lock(account)
    require(actor, policy.APPROVE, account)
    if account.closed_on:
        raise Conflict(_("This account is closed already."))
    if not reason.strip():
        raise Invalid(_("Say why the account is closed."), {"reason": [_("Say why the account is closed.")]})
    if left := balance(account):
        raise Conflict(
            _("There is still %(amount)s in this account. Bring it to nought first.") % {"amount": account.shown(left)}
        )
    account.closed_on = clock.today()
    account.save(update_fields=["closed_on"])
    record(actor, policy.APPROVE, account, change="account closed", reason=reason.strip())
    return account
