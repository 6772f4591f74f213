from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("maps", "0005_figures_by_area")]

    operations = [
        migrations.AlterField(
            model_name="analysis",
            name="kind",
            field=models.CharField(
                choices=[
                    ("here", "What is here"),
                    ("places", "Two places compared"),
                    ("zonal", "Figures by area"),
                    ("suitability", "Suitability"),
                    ("comparison", "Two scenarios compared"),
                ],
                max_length=12,
            ),
        ),
    ]
