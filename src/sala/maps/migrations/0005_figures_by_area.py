from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("maps", "0004_names_in_tiles")]

    operations = [
        migrations.AlterField(
            model_name="analysis",
            name="kind",
            field=models.CharField(
                choices=[
                    ("here", "What is here"),
                    ("zonal", "Figures by area"),
                    ("suitability", "Suitability"),
                    ("comparison", "Two scenarios compared"),
                ],
                max_length=12,
            ),
        ),
    ]
