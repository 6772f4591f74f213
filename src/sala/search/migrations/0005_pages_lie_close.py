from django.db import migrations


class Migration(migrations.Migration):
    """Texts of pages are kept apart from their rows, as their words are, so that thousands of rows lie close together.

    Rows written before stay as they are until they are written anew.
    """

    dependencies = [
        ("search", "0004_machine_reading"),
    ]

    operations = [
        migrations.RunSQL(
            "alter table search_searchpage set (toast_tuple_target = 128)",
            "alter table search_searchpage reset (toast_tuple_target)",
        ),
    ]
