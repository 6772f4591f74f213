"""A phone's list leaves out what was approved or waived, and what an office only gathers while another post answers."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("sala.collection.migrations.0011_phone_behind").CREATE.replace(
    "create function", "create or replace function"
)

# By index from the post: of the rows themselves, and of the parts of rounds that the post answers (waiting.expected_of).
NOW = """
create or replace function collection_phone_behind(secret text, way text, moment timestamptz)
returns table (id bigint, name text, position_id bigint, verbs text[], last_used_at timestamptz, asked bigint[])
language plpgsql stable as $$
begin
  return query
  select t.id, t.name::text, t.position_id, t.verbs::text[], t.last_used_at, array(
    select e.form_id from collection_expected e
    where e.respondent_id = t.position_id and e.is_open and e.given_in_id is null
      and e.state not in ('approved', 'waived')
    union all
    select e.form_id from duties_assignment a join collection_expected e on e.assignment_id = a.id
    where a.position_id = t.position_id and e.respondent_id is null and e.is_open and e.given_in_id is null
      and e.state not in ('approved', 'waived'))
  from people_apitoken t join people_position p on p.id = t.position_id
  where t.secret_hash = secret and t.door = way and t.revoked_at is null and t.expires_at > moment
    and p.closed_on is null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0013_who_answers")]
    operations = [migrations.RunSQL(NOW, BEFORE)]
