from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_release_of_answers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("is_published", True)), fields=["-published_at"], name="document_published"
            ),
        ),
    ]
