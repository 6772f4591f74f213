"""Questions on a subject with what was said to them."""

from django.db import models
from django.db.models import QuerySet

from sala.core import subjects
from sala.duties.models import Thread


def threads_on(subject: models.Model) -> QuerySet[Thread]:
    """Threads on a subject, oldest first, with their entries; for readers who see the subject."""
    noun = subjects.of(subject).noun
    return (
        Thread.objects.filter(subject_type=noun, subject_id=subject.pk)
        .select_related("asked_by__organisation", "answers")
        .prefetch_related("entries__position__organisation")
    )
