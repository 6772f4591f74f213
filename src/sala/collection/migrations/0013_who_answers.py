"""The house that a round asks for an answer, beside the house that sent it, so that both see and correct it."""

import django.db.models.deletion
from django.db import migrations, models

KNOWN = """
update collection_reading reading set answering_id = post.organisation_id
from collection_expected expected join people_position post on post.id = expected.respondent_id
where expected.id = reading.expected_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0012_counted_by_index"),
        ("people", "0008_sharing_in_part"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="answering",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
