"""Eight clerks enter payments into three hot bank accounts at once, a tenth of them called off: gapless, balanced, how fast.

The peer is bare PostgreSQL in the same run: the same number of commits and roll-backs of a counter, a transaction and
two entries, with keys between them, by as many connections to the same server.
"""

import random
import time
from collections.abc import Callable
from multiprocessing import get_context

import psycopg
from django.conf import settings
from django.db import connection, transaction

from sala.access.actor import command
from sala.core import clock, money
from sala.core.language import Translated
from sala.ledger import operations
from sala.ledger.models import Account, AccountKind, Entry, Payment, Transaction
from sala.ledger.queries import ageing_of, balance_of
from sala.people.models import Organisation

CLERKS, OFFICES, PAYERS = 8, 3, 40  # payers of each office
SECONDS, TURNS, CALLED_OFF = 8, 2, 0.1
LEAST = 0.3  # of the peer's commits
PLAIN = """
create table bare_series (id int primary key, last int not null);
create table bare_account (id int primary key);
create table bare_transaction (id bigserial primary key, series int not null references bare_series, number int not null,
  day date not null, at timestamptz not null, unique (series, number));
create table bare_entry (id bigserial primary key, transaction bigint not null references bare_transaction,
  account int not null references bare_account, day date not null, amount bigint not null check (amount <> 0));
create index on bare_entry (transaction); create index on bare_entry (account, day);
grant select, insert, update on all tables in schema public to sala; grant usage on all sequences in schema public to sala;
insert into bare_series select generate_series(0, %d), 0;
insert into bare_account select generate_series(0, %d);
"""


class CalledOff(Exception):
    """A clerk thinks better of it after everything was written."""


def offices() -> list[Organisation]:
    return list(Organisation.objects.filter(area__level__rank=1).order_by("code")[:OFFICES])


def open_books() -> None:
    """A bank account and payers in each office, each payer owing more than it will ever pay."""
    actor, currency = command(), money.own()
    houses = list(Organisation.objects.order_by("-pk")[:PAYERS])
    for office in offices():
        operations.open_account(actor, office, kind=AccountKind.BANK, currency=currency, code=f"bank-{office.pk}",
                                name=Translated(lo="ທະນາຄານ", en="Bank"), is_invented=True)  # fmt: skip
        for house in houses:
            account = operations.open_account(
                actor, office, currency=currency, payer=house, subject=house, is_invented=True
            )
            operations.charge(actor, account, kind="rent", amount=10**12, due_on=clock.today(), is_invented=True)


def clerk(number: int) -> tuple[int, int]:
    """(payments entered, called off) in SECONDS."""
    connection.close()
    chance, actor = random.Random(number), command()
    banks = list(Account.objects.filter(kind=AccountKind.BANK).select_related("owner__area").order_by("code"))
    payers = {bank.owner_id: list(Account.objects.filter(owner=bank.owner_id, kind=AccountKind.RECEIVABLE).select_related("owner__area"))
              for bank in banks}  # fmt: skip
    kept = off = 0
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        bank = chance.choice(banks)
        payer = chance.choice(payers[bank.owner_id])
        try:
            with transaction.atomic():
                operations.pay(actor, payer, into=bank, amount=chance.randint(1, 10**6), paid_on=clock.today())
                if chance.random() < CALLED_OFF:
                    raise CalledOff
            kept += 1
        except CalledOff:
            off += 1
    connection.close()
    return kept, off


def bare_clerk(number: int) -> tuple[int, int]:
    """The same by hand-written statements."""
    chance, database = random.Random(number), settings.DATABASES["default"]
    kept = off = 0
    accounts = OFFICES + OFFICES * PAYERS
    day, at = clock.today(), clock.now()
    with psycopg.connect(host=database["HOST"], dbname=database["NAME"], user=database["USER"]) as bare:
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            bank, amount = chance.randrange(OFFICES), chance.randint(1, 10**6)
            payer = chance.randrange(OFFICES, accounts)
            row = bare.execute("update bare_series set last = last + 1 where id = %s returning last", [bank]).fetchone()
            taken = row[0] if row else 0
            made = bare.execute("insert into bare_transaction (series, number, day, at) values (%s, %s, %s, %s) returning id",
                                [bank, taken, day, at]).fetchone()  # fmt: skip
            bare.execute("insert into bare_entry (transaction, account, day, amount) values (%s, %s, %s, %s), (%s, %s, %s, %s)",
                         [made and made[0], bank, day, amount, made and made[0], payer, day, -amount])  # fmt: skip
            if chance.random() < CALLED_OFF:
                bare.rollback()
                off += 1
            else:
                bare.commit()
                kept += 1
    return kept, off


def together(work: Callable[[int], tuple[int, int]], turn: int) -> tuple[int, int]:
    connection.close()
    with get_context("fork").Pool(CLERKS) as pool:
        done = pool.map(work, [turn * CLERKS + number for number in range(CLERKS)])
    return sum(kept for kept, _off in done), sum(off for _kept, off in done)


def run(report) -> None:
    open_books()
    database = settings.DATABASES["default"]
    with psycopg.connect(host=database["HOST"], dbname=database["NAME"], user="sala_owner", autocommit=True) as owner:
        owner.execute(PLAIN % (OFFICES - 1, OFFICES + OFFICES * PAYERS))
    before = Transaction.objects.count()
    kept = off = bare_kept = bare_off = 0
    for turn in range(TURNS):  # in turns, so that a busy minute of the machine strikes both
        one, other = together(bare_clerk, turn), together(clerk, turn)
        bare_kept, bare_off = bare_kept + one[0], bare_off + one[1]
        kept, off = kept + other[0], off + other[1]
    seconds = SECONDS * TURNS
    report.row("ledger", f"payments a second, {CLERKS} clerks, {off:,} called off", kept / seconds, "/s",
               peer="bare transactions", peer_value=bare_kept / seconds, target=LEAST * bare_kept / seconds, better="more")  # fmt: skip

    assert Payment.objects.count() == kept and Transaction.objects.count() == before + kept
    missing = 0
    for office in offices():
        numbers = list(Transaction.objects.filter(owner=office).order_by("sequence").values_list("sequence", flat=True))
        missing += len(set(range(1, numbers[-1] + 1)) - set(numbers)) + len(numbers) - len(set(numbers))
    report.row("ledger", f"numbers missing or doubled, of {before + kept:,}", missing, "", target=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select e.transaction_id from ledger_entry e join ledger_account a on a.id = e.account_id"
            " group by e.transaction_id, a.currency having sum(e.amount) <> 0) as wrong"
        )
        unbalanced = cursor.fetchone()[0]
    report.row(
        "ledger", f"transactions that do not balance, of {Entry.objects.count():,} entries", unbalanced, "", target=0
    )

    keys = list(Account.objects.exclude(subject_type="").values_list("subject_type", "subject_id").distinct())
    for name, ask in (("balances", balance_of), ("ages", lambda *asked: ageing_of(*asked, clock.today()))):
        start = time.perf_counter()
        ask(command(), keys)
        report.row("ledger", f"{name} of {len(keys):,} subjects", (time.perf_counter() - start) * 1000, "ms")
