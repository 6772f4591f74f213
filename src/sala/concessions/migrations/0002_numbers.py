from django.db import migrations

SEQUENCES = ("concessions_reference", "concessions_party_number")


class Migration(migrations.Migration):
    dependencies = [("concessions", "0001_initial")]

    operations = [migrations.RunSQL(f"create sequence {name}", f"drop sequence {name}") for name in SEQUENCES]
