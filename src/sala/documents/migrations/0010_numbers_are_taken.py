"""Numbers are taken by a function of the database, so that what is numbered there is numbered as every paper is."""

from django.db import migrations

TAKE = """
create function documents_take(of_issuer bigint, of_kind text, in_year int, how_many int, out series bigint, out newest int)
language plpgsql as $$
begin
  insert into documents_numberseries as known (issuer_id, kind, year, last)
    values (of_issuer, of_kind, in_year, how_many)
    on conflict (issuer_id, kind, year) do update set last = known.last + excluded.last
    returning known.id, known.last into series, newest;
end $$;
"""

UNDO = "drop function documents_take;"


class Migration(migrations.Migration):
    dependencies = [("documents", "0009_tolerance")]
    operations = [migrations.RunSQL(TAKE, UNDO)]
