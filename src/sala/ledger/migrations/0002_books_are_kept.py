"""The database itself keeps the books: what is entered stays, and a transaction that does not balance is not committed.

Checked at commit, so that a transaction may be written in several statements: as many entries as it says, all on its
day and in the books of its organisation, adding up to nought in each currency. Because the number of entries is part of
a row that nobody alters, none can be added later. Settling never exceeds the charge or the payment.
"""

from django.conf import settings
from django.db import migrations

GUARD = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the books are append-only: % on % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create function ledger_check(which bigint) returns void language plpgsql as $$
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

create function ledger_check_transaction() returns trigger language plpgsql as $$
begin perform ledger_check(new.id); return null; end $$;

create function ledger_check_entry() returns trigger language plpgsql as $$
begin perform ledger_check(new.transaction_id); return null; end $$;

create function ledger_check_allocation() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from ledger_charge c join ledger_allocation a on a.charge_id = c.id
    where c.id = new.charge_id group by c.id having sum(a.amount) not between 0 and c.amount
  ) or exists (
    select 1 from ledger_payment p join ledger_allocation a on a.payment_id = p.id
    where p.id = new.payment_id group by p.id having sum(a.amount) not between 0 and p.credited
  ) then
    raise exception 'allocation % settles more than there is', new.id
      using errcode = '23514', constraint = 'ledger_settles_what_is_there';
  end if;
  return null;
end $$;

create constraint trigger ledger_transaction_balances after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_check_transaction();
create constraint trigger ledger_entry_balances after insert on ledger_entry
  deferrable initially deferred for each row execute function ledger_check_entry();
create constraint trigger ledger_allocation_is_there after insert on ledger_allocation
  deferrable initially deferred for each row execute function ledger_check_allocation();
"""

KEPT = ("ledger_transaction", "ledger_entry", "ledger_allocation")

KEEP = """
create trigger {table}_guard before update or delete on {table} for each row execute function ledger_refuse();
create trigger {table}_truncate before truncate on {table} for each statement execute function ledger_refuse();
"""

UNDO = """
drop function ledger_refuse cascade;
drop function ledger_check_transaction cascade;
drop function ledger_check_entry cascade;
drop function ledger_check_allocation cascade;
drop function ledger_check cascade;
"""


def revoke(apps, schema_editor):
    role = settings.SERVING_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [role])
        if cursor.fetchone():
            for table in KEPT:
                cursor.execute(f'revoke update, delete, truncate on {table} from "{role}"')


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD + "".join(KEEP.format(table=table) for table in KEPT), UNDO),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
