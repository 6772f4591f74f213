"""Whether the address at which a document was published still answers, and the copy that was kept while it did."""

from django.db import models

from sala.documents import policy
from sala.documents.models.document import Document


class LinkCheck(models.Model):
    """The newest check of one document's address. It speaks of `url` only: another address begins anew.

    failures      checks in a row that failed    words  why the last one did
    copy_*        what was there on the day `copied_at`, kept where the licence permits; by hash, never opened here
    """

    scope = policy.LINK_SCOPE
    TOLD_AFTER = 2  # one bad night is not told to anybody

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="link_check")
    url = models.URLField(max_length=500)
    checked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    copied_at = models.DateTimeField(null=True)
    copy_sha256 = models.CharField(max_length=64, blank=True)
    copy_bytes = models.BigIntegerField(default=0)
    copy_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["checked_at"]

    def __str__(self) -> str:
        return self.url

    @property
    def is_broken(self) -> bool:
        return self.failures >= self.TOLD_AFTER
