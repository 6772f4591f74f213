import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index of the same table begins with the same column, so that one of its own only cost time."""

    dependencies = [("ledger", "0004_posting"), ("documents", "0010_numbers_are_taken")]

    operations = [
        migrations.AlterField(
            model_name="transaction",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_transactions",
                to="people.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="series",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_transactions",
                to="documents.numberseries",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="ledger.account",
                verbose_name="account of the payer",
            ),
        ),
    ]
