"""Findings about approvals and terms are told decision by decision and grant by grant; what was decided about them stays."""

from django.db import migrations

KEYED = """
update concessions_finding f set key = 'grant:' || made.grant_id
  from (select o.id, min(g.id) as grant_id
          from concessions_finding o
          join concessions_grant g on g.concession_id = o.concession_id and (
               o.code <> 'beyond_term' and g.decided_on::text = o.figures ->> 'on'
               and (o.code <> 'beyond_power' or g.level = o.figures ->> 'level')
            or o.code = 'beyond_term' and coalesce(g.signed_on, g.decided_on)::text = o.figures ->> 'on'
               and g.term_months::text = o.figures ->> 'months')
         where o.key = '' and o.code in ('beyond_power', 'beyond_term', 'moratorium')
         group by o.id) made
 where f.id = made.id
"""


# a term that was decided about is that of every grant of its day and length
COPIED = """
with decided as (
    select o.*, told.position_id
      from concessions_finding o
      left join lateral (select s.position_id from concessions_findingstep s
                          where s.finding_id = o.id and s.after = o.state order by s.id desc limit 1) told on true
     where o.code = 'beyond_term' and o.key like 'grant:%' and o.state in ('explained', 'accepted')
), copied as (
    insert into concessions_finding (concession_id, code, key, is_grave, figures, inputs, state, reason, document_id,
                                     found_at, computed_at, settled_at)
    select o.concession_id, o.code, 'grant:' || g.id, o.is_grave, o.figures, o.inputs, o.state, o.reason, o.document_id,
           o.found_at, o.computed_at, o.settled_at
      from decided o
      join concessions_grant g on g.concession_id = o.concession_id and 'grant:' || g.id <> o.key
       and coalesce(g.signed_on, g.decided_on)::text = o.figures ->> 'on' and g.term_months::text = o.figures ->> 'months'
    on conflict do nothing
    returning *
)
insert into concessions_findingstep (finding_id, before, after, figures, reason, document_id, position_id, at)
select c.id, '', c.state, c.figures, c.reason, c.document_id, min(o.position_id), coalesce(c.settled_at, c.computed_at)
  from copied c
  join decided o on o.concession_id = c.concession_id and o.figures = c.figures and o.state = c.state
 group by c.id, c.state, c.figures, c.reason, c.document_id, c.settled_at, c.computed_at
"""


class Migration(migrations.Migration):
    dependencies = [("concessions", "0010_figures")]

    operations = [
        migrations.RunSQL(KEYED, migrations.RunSQL.noop),
        migrations.RunSQL(COPIED, migrations.RunSQL.noop),
    ]
