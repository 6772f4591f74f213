import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0014_requests_taken_back"),
        ("collection", "0002_short_messages"),
        ("duties", "0006_promised_answers"),
        ("people", "0006_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(blank=True, max_length=1000)),
                ("versions", models.JSONField(default=list)),
                ("answers", models.PositiveIntegerField(verbose_name="answers")),
                ("left_out", models.PositiveIntegerField(default=0)),
                ("expected", models.PositiveIntegerField(null=True)),
                ("waived", models.PositiveIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "call",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="duties.call"
                    ),
                ),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_of_answers",
                        to="catalogue.edition",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="collection.form"
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.position"
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="AnswerPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("table", models.CharField(blank=True, max_length=1000)),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.PositiveIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("as_of", models.DateTimeField()),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="collection.form"
                    ),
                ),
            ],
            options={
                "ordering": ["form", "number", "table"],
                "constraints": [models.UniqueConstraint(fields=("form", "number", "table"), name="answer_part_once")],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="form",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="form",
            name="update_update",
        ),
        migrations.AddField(
            model_name="form",
            name="impersonal",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=1000), blank=True, default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="formevent",
            name="impersonal",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=1000), blank=True, default=list, editable=False, size=None
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="form",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "collection_formevent" ("about", "asks_of_persons", "facility_kind_id", "form_id", "id", "impersonal", "is_invented", "is_published", "is_standing", "level_id", "minutes", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "slug", "subject_question", "tier", "title", "withdrawn_at") VALUES (NEW."about", NEW."asks_of_persons", NEW."facility_kind_id", NEW."form_id", NEW."id", NEW."impersonal", NEW."is_invented", NEW."is_published", NEW."is_standing", NEW."level_id", NEW."minutes", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."slug", NEW."subject_question", NEW."tier", NEW."title", NEW."withdrawn_at"); RETURN NULL;',
                    hash="f2583a09a977bb7c2c93cfe89257da0199239ea8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dac70",
                    table="collection_form",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="form",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "collection_formevent" ("about", "asks_of_persons", "facility_kind_id", "form_id", "id", "impersonal", "is_invented", "is_published", "is_standing", "level_id", "minutes", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "slug", "subject_question", "tier", "title", "withdrawn_at") VALUES (NEW."about", NEW."asks_of_persons", NEW."facility_kind_id", NEW."form_id", NEW."id", NEW."impersonal", NEW."is_invented", NEW."is_published", NEW."is_standing", NEW."level_id", NEW."minutes", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."slug", NEW."subject_question", NEW."tier", NEW."title", NEW."withdrawn_at"); RETURN NULL;',
                    hash="71c2d4c21386851e7c337e7d65aa57d7338a39bb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_defe5",
                    table="collection_form",
                    when="AFTER",
                ),
            ),
        ),
    ]
