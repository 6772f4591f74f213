from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_link_check"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("power_limit", "Limit of powers"),
                    ("moratorium", "Moratorium"),
                    ("fee_rate", "Fee rate"),
                    ("deadline", "Deadline"),
                    ("notice", "Notice before a due date"),
                    ("term", "Term"),
                    ("minimum", "Least number"),
                    ("release", "Release of personal answers"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="ruleevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("power_limit", "Limit of powers"),
                    ("moratorium", "Moratorium"),
                    ("fee_rate", "Fee rate"),
                    ("deadline", "Deadline"),
                    ("notice", "Notice before a due date"),
                    ("term", "Term"),
                    ("minimum", "Least number"),
                    ("release", "Release of personal answers"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
