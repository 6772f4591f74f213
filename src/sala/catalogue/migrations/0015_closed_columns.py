from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0014_requests_taken_back"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="column",
            index=models.Index(
                condition=models.Q(("tier", "public"), _negated=True), fields=["distribution"], name="column_closed"
            ),
        ),
    ]
