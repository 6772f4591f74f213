"""What the child found in a photo, by the hash of its content: a photo that came twice is opened once."""

from django.contrib.gis.db import models


class Picture(models.Model):
    """sha256  of the photo      small  hash of its small copy in the store; empty when it could not be opened

    taken_at   as the camera wrote it; in the country's time where it names no zone
    point      where the camera says it was taken
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    small = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    point = models.PointField(null=True)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
