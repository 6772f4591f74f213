"""The features of layer editions: one table, partitioned by edition, so that a large layer stays by itself."""

from django.db import migrations

PARTITIONS = 16

CREATE = (
    """
create table catalogue_feature (
  edition_id bigint not null,
  number bigint not null,
  geometry geometry(Geometry, 4326) not null,
  area_ha numeric(16, 2),
  properties jsonb not null,
  primary key (edition_id, number)
) partition by hash (edition_id);
"""
    + "".join(
        f"create table catalogue_feature_{part} partition of catalogue_feature"
        f" for values with (modulus {PARTITIONS}, remainder {part});\n"
        for part in range(PARTITIONS)
    )
    + "create index catalogue_feature_shape on catalogue_feature using gist (geometry);"
)

GUARD = """
create function catalogue_edition_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.published_at is not null then
      raise exception 'a published edition is never deleted' using errcode = '42501';
    end if;
    return old;
  end if;
  if old.sha256 <> new.sha256 or old.distribution_id <> new.distribution_id or old.number <> new.number
     or (old.published_at is not null and (old.table_sha256 <> new.table_sha256 or old.period <> new.period
         or old.columns::text <> new.columns::text)) then
    raise exception 'an edition never changes; send a new one' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger catalogue_edition_guard before update or delete on catalogue_edition
  for each row execute function catalogue_edition_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "drop table catalogue_feature"),
        migrations.RunSQL(GUARD, "drop function catalogue_edition_guard cascade"),
    ]
