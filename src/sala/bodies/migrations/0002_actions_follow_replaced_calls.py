"""Actions whose call was replaced by a corrected one, before actions followed by themselves."""

from django.db import migrations


def follow(apps, schema_editor):
    action, call = apps.get_model("bodies", "Action"), apps.get_model("duties", "Call")
    for row in action.objects.filter(call__state="superseded"):
        successor = call.objects.filter(replaces=row.call_id, is_issued=True).first()
        while successor is not None:
            row.call_id, row.due_on = successor.pk, successor.due_on or row.due_on
            successor = call.objects.filter(replaces=successor.pk, is_issued=True).first()
        row.save(update_fields=["call", "due_on"])


class Migration(migrations.Migration):
    dependencies = [("bodies", "0001_initial"), ("duties", "0006_promised_answers")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
