from datetime import date

import django.db.models.deletion
from django.db import migrations, models

from sala.catalogue.calculations import promise
from sala.catalogue.queries.promises import covered_until


def fill(apps, schema_editor):
    """Write down the day for the datasets that are there already."""
    delivered: dict[int, list[tuple[str, date | None]]] = {}
    published = apps.get_model("catalogue", "Edition").objects.filter(is_published=True)
    for pk, period, at in published.values_list("distribution__dataset_id", "period", "published_at").iterator():
        delivered.setdefault(pk, []).append((period, at.date() if at else None))
    row = apps.get_model("catalogue", "PromisedEdition")
    datasets = apps.get_model("catalogue", "Dataset").objects.filter(retired_on=None).exclude(frequency=None)
    made = []
    for dataset in datasets.select_related("frequency").iterator():
        found = promise(
            months=dataset.frequency.data.get("months"), days=dataset.frequency.data.get("days"),
            frequency=dataset.frequency.code, grace_days=dataset.grace_days,
            covered_until=covered_until(delivered.get(dataset.pk, [])), since=dataset.created_at.date(),
            today=dataset.created_at.date(),
        )  # fmt: skip
        if found.due:
            made.append(row(dataset_id=dataset.pk, due_on=found.due))
    row.objects.bulk_create(made, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_newest_editions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromisedEdition",
            fields=[
                (
                    "dataset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="promised",
                        serialize=False,
                        to="catalogue.dataset",
                    ),
                ),
                ("due_on", models.DateField()),
            ],
            options={
                "indexes": [models.Index(fields=["due_on"], name="promised_edition_due")],
            },
        ),
        migrations.AddIndex(
            model_name="dataset",
            index=models.Index(fields=["tier", "is_published", "owner", "id"], name="dataset_open_by_owner"),
        ),
        migrations.AddIndex(
            model_name="editionarea",
            index=models.Index(fields=["area", "edition"], name="edition_of_area"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
