"""When, by whom and how an answer that was typed in reached the office."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0014_phone_list_of_what_waits")]
    operations = [
        migrations.AddField("submission", "handed_in_on", models.DateField(null=True)),
        migrations.AddField(
            "submission", "given_by", models.CharField(blank=True, default="", db_default="", max_length=200)
        ),
        migrations.AddField(
            "submission",
            "handed_how",
            models.CharField(
                blank=True,
                choices=[("paper", "On paper"), ("telephone", "By telephone"), ("counter", "At the counter")],
                default="",
                db_default="",
                max_length=10,
            ),
        ),
    ]
