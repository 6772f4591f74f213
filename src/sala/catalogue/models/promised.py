"""The day until which the next edition of a dataset is promised, kept so that lists need not reckon it."""

from django.db import models

from sala.catalogue.models.dataset import Dataset


class PromisedEdition(models.Model):
    """One row for each dataset that owes a next edition; none for those without a rhythm and those no longer kept.

    It follows from the dataset and its editions alone, never from today's date: late is what is due before today.
    Written with each recorded change (operations.promises), so nobody edits it.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, primary_key=True, related_name="promised")
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="promised_edition_due")]

    def __str__(self) -> str:
        return f"{self.dataset_id}: {self.due_on}"
