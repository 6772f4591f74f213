"""One event is written by a function of the database, which keeps its plan from one operation to the next."""

from django.db import migrations

RECORD = """
create function journal_record(
  moment timestamptz, done text, noun text, subject bigint, person bigint, post bigint, content text
) returns bigint language plpgsql as $$
declare
  made bigint;
begin
  insert into journal_event (at, verb, subject_type, subject_id, person_id, position_id, text)
    values (moment, done, noun, subject, person, post, content) returning id into made;
  return made;
end $$;
"""

UNDO = "drop function journal_record;"


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [migrations.RunSQL(RECORD, UNDO)]
