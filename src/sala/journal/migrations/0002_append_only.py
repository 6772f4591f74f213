"""The database itself keeps the journal: new events enter the queue by trigger, and nothing recorded can be altered."""

from django.conf import settings
from django.db import migrations

GUARD = """
create function journal_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % on % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create function journal_enqueue() returns trigger language plpgsql as $$
begin
  insert into journal_unsealed (event_id) values (new.id);
  return null;
end $$;

create trigger journal_event_enqueue after insert on journal_event for each row execute function journal_enqueue();
create trigger journal_event_guard before update or delete on journal_event
  for each row execute function journal_refuse();
create trigger journal_event_truncate before truncate on journal_event
  for each statement execute function journal_refuse();
create trigger journal_seal_guard before update or delete on journal_seal
  for each row execute function journal_refuse();
create trigger journal_seal_truncate before truncate on journal_seal
  for each statement execute function journal_refuse();
create trigger journal_head_guard before update or delete on journal_head
  for each row execute function journal_refuse();
"""

UNDO = """
drop function journal_refuse cascade;
drop function journal_enqueue cascade;
"""


def revoke(apps, schema_editor):
    role = settings.SERVING_ROLE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [role])
        if cursor.fetchone():
            for table in ("journal_event", "journal_seal", "journal_head"):
                cursor.execute(f'revoke update, delete, truncate on {table} from "{role}"')


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
