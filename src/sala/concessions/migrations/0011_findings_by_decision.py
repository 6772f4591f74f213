"""Findings about approvals and terms are told decision by decision and grant by grant; what was decided about them stays."""

from django.db import migrations

KEYED = """
update concessions_finding f set key = 'grant:' || made.grant_id
  from (select o.id, min(g.id) as grant_id
          from concessions_finding o
          join concessions_grant g on g.concession_id = o.concession_id and (
               o.code <> 'beyond_term' and g.decided_on::text = o.figures ->> 'on'
            or o.code = 'beyond_term' and coalesce(g.signed_on, g.decided_on)::text = o.figures ->> 'on'
               and g.term_months::text = o.figures ->> 'months')
         where o.key = '' and o.code in ('beyond_power', 'beyond_term', 'moratorium')
         group by o.id) made
 where f.id = made.id
"""


class Migration(migrations.Migration):
    dependencies = [("concessions", "0010_figures")]

    operations = [migrations.RunSQL(KEYED, migrations.RunSQL.noop)]
