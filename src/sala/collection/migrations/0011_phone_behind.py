"""The question that every phone asks at every call, as a function: a session of the database plans it once."""

from django.db import migrations

# By index from the post: of the rows themselves, and of the parts of rounds that the post answers (as waiting.expected_of).
CREATE = """
create function collection_phone_behind(secret text, way text, moment timestamptz)
returns table (id bigint, name text, position_id bigint, verbs text[], last_used_at timestamptz, asked bigint[])
language plpgsql stable as $$
begin
  return query
  select t.id, t.name::text, t.position_id, t.verbs::text[], t.last_used_at, array(
    select e.form_id from collection_expected e
    where e.respondent_id = t.position_id and e.is_open and e.given_in_id is null
    union all
    select e.form_id from duties_assignment a join collection_expected e on e.assignment_id = a.id
    where a.position_id = t.position_id and e.is_open and e.given_in_id is null)
  from people_apitoken t join people_position p on p.id = t.position_id
  where t.secret_hash = secret and t.door = way and t.revoked_at is null and t.expires_at > moment
    and p.closed_on is null;
end $$;
"""
UNDO = "drop function collection_phone_behind(text, text, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0010_places_answer"),
        ("people", "0006_doors"),
        ("duties", "0001_initial"),
    ]
    operations = [migrations.RunSQL(CREATE, UNDO)]
