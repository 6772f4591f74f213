from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_one_index_for_words_and_areas"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(
                models.F("area_ids__len"), condition=models.Q(noun="area"), name="search_places_by_depth"
            ),
        ),
    ]
