"""Organisations named one by one become sharings with a purpose and days; none of those named before is lost."""

from django.db import migrations

COPY = """
    insert into people_sharing (subject_type, subject_id, organisation_id, purpose, valid)
    select 'dataset', dataset_id, organisation_id, 'Named before a purpose was asked', daterange(current_date, null)
    from catalogue_dataset_shared_with
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_features"),
        ("people", "0003_sharing"),
    ]

    operations = [
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="dataset", name="shared_with"),
    ]
