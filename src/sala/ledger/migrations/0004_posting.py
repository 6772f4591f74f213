"""What is entered is written by functions of the database: fewer ways to and fro while others wait for the next number.

`ledger_hold` holds the account of a payer and tells what is open on it, as it is once the account is held. `ledger_post`
writes transactions with their entries, and payments with what they settle; it takes the numbers last, since everybody
else who enters something in these books waits from there until the commit.

The check at commit reads the entries of a transaction once. An entry itself only checks their number: all of them are
checked with their transaction, and none can come later without there being one too many.
"""

from django.db import migrations

FUNCTIONS = """
create function ledger_hold(held bigint)
returns table (closed_on date, charge bigint, open bigint, due_on date, charged_on date) language plpgsql as $$
#variable_conflict use_column
declare
  closed date;
begin
  select a.closed_on into strict closed from ledger_account a where a.id = held for no key update;
  return query
    select closed, o.id, o.open, o.due_on, o.day
    from (select 1) as always left join (
      select c.id, (c.amount - coalesce(settled.sum, 0))::bigint as open, c.due_on, t.day
      from ledger_charge c
      join ledger_transaction t on t.id = c.transaction_id
      cross join lateral (select sum(a.amount) from ledger_allocation a where a.charge_id = c.id) as settled
      where c.account_id = held and not exists (select from ledger_transaction v where v.reverses_id = t.id)
    ) as o on o.open > 0
    order by o.due_on, o.id;
end $$;

create function ledger_post(
  books bigint, in_year int, beginning text, moment timestamptz, person bigint, post bigint, drafts jsonb
) returns table (made bigint, in_series bigint, nth int, numbered text, paid bigint) language plpgsql as $$
#variable_conflict use_column
declare
  how_many int := jsonb_array_length(drafts);
  ids bigint[];
  payments bigint[];
  place int;
  payment jsonb;
  entered bigint;
  taken record;
begin
  ids := array(select nextval('ledger_transaction_id_seq') from generate_series(1, how_many));

  insert into ledger_entry (transaction_id, account_id, day, amount)
    select ids[d.place], (side ->> 0)::bigint, (d.draft ->> 'day')::date, (side ->> 1)::bigint
    from jsonb_array_elements(drafts) with ordinality as d (draft, place),
      jsonb_array_elements(d.draft -> 'sides') with ordinality as s (side, line)
    order by d.place, s.line;

  for place, payment in
    select d.place, d.draft -> 'payment' from jsonb_array_elements(drafts) with ordinality as d (draft, place)
    where jsonb_typeof(d.draft -> 'payment') = 'object' order by d.place
  loop
    insert into ledger_payment (
        account_id, into_id, paid_on, amount, credited, payer_name, method, bank_reference, transaction_id, is_void,
        is_invented)
      select p.account, p.bank, p.paid_on, p.amount, p.credited, p.payer_name, p.method, p.bank_reference, ids[place],
        false, p.is_invented
      from jsonb_to_record(payment) as p (
        account bigint, bank bigint, paid_on date, amount bigint, credited bigint, payer_name text, method text,
        bank_reference text, is_invented boolean)
      returning id into entered;
    payments[place] := entered;
    insert into ledger_allocation (charge_id, payment_id, transaction_id, day, amount)
      select (part ->> 0)::bigint, entered, ids[place], (part ->> 1)::date, (part ->> 2)::bigint
      from jsonb_array_elements(payment -> 'settles') with ordinality as s (part, line) order by s.line;
  end loop;

  select * into taken from documents_take(books, 'transaction', in_year, how_many);
  return query
    insert into ledger_transaction (
        id, owner_id, number, series_id, sequence, kind, day, recorded_at, reason, document_id, key, reverses_id, lines,
        person_id, position_id)
      select ids[d.place], books,
        beginning || lpad(d.sequence::text, greatest(4, length(d.sequence::text)), '0'), taken.series, d.sequence,
        d.draft ->> 'kind', (d.draft ->> 'day')::date, moment, d.draft ->> 'reason', (d.draft ->> 'document')::bigint,
        d.draft ->> 'key', (d.draft ->> 'reverses')::bigint, jsonb_array_length(d.draft -> 'sides'), person, post
      from (
        select draft, place, (taken.newest - how_many + place)::int as sequence
        from jsonb_array_elements(drafts) with ordinality as each (draft, place)
      ) as d
      order by d.place
      returning id, series_id, sequence::int, number::text, payments[sequence - taken.newest + how_many];
end $$;

create or replace function ledger_check(which bigint) returns void language plpgsql as $$
declare
  wrong text;
begin
  select case
      when coalesce(sum(of_one.lines), 0) <> t.lines then 'has another number of entries than it says'
      when bool_or(of_one.other_day) then 'has entries of another day'
      when bool_or(of_one.other_books) then 'has entries in other books'
      when bool_or(of_one.total <> 0) then 'does not balance in each currency'
    end into wrong
    from ledger_transaction t
    left join lateral (
      select count(*) as lines, bool_or(e.day <> t.day) as other_day, bool_or(a.owner_id <> t.owner_id) as other_books,
        sum(e.amount) as total
      from ledger_entry e join ledger_account a on a.id = e.account_id
      where e.transaction_id = t.id group by a.currency
    ) as of_one on true
    where t.id = which group by t.id;
  if wrong is not null then
    raise exception 'ledger transaction % %', which, wrong using errcode = '23514', constraint = 'ledger_balances';
  end if;
end $$;

create or replace function ledger_check_entry() returns trigger language plpgsql as $$
begin
  if (select count(*) from ledger_entry e where e.transaction_id = new.transaction_id)
      is distinct from (select t.lines from ledger_transaction t where t.id = new.transaction_id) then
    perform ledger_check(new.transaction_id);
  end if;
  return null;
end $$;
"""

# the checks are again what 0002 made them
UNDO = """
drop function ledger_hold;
drop function ledger_post;

create or replace function ledger_check(which bigint) returns void language plpgsql as $$
declare
  wrong text;
begin
  select case
      when count(e.id) <> t.lines then 'has another number of entries than it says'
      when bool_or(e.day <> t.day) then 'has entries of another day'
      when bool_or(a.owner_id <> t.owner_id) then 'has entries in other books'
    end into wrong
    from ledger_transaction t
    left join ledger_entry e on e.transaction_id = t.id
    left join ledger_account a on a.id = e.account_id
    where t.id = which group by t.id;
  if wrong is null and exists (
    select 1 from ledger_entry e join ledger_account a on a.id = e.account_id
    where e.transaction_id = which group by a.currency having sum(e.amount) <> 0
  ) then
    wrong := 'does not balance in each currency';
  end if;
  if wrong is not null then
    raise exception 'ledger transaction % %', which, wrong using errcode = '23514', constraint = 'ledger_balances';
  end if;
end $$;

create or replace function ledger_check_entry() returns trigger language plpgsql as $$
begin perform ledger_check(new.transaction_id); return null; end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_dues"), ("documents", "0010_numbers_are_taken")]
    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
