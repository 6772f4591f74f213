"""Published tiles: made by the worker once an edition is public and free, never for anything else."""

from django.db import IntegrityError, transaction

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core import clock
from sala.maps.collections import columns_of, digest_of, newest_edition
from sala.maps.models import ArchiveState, Layer, LayerKind, TileArchive
from sala.maps.tiles import building
from sala.maps.tiles.reading import archive as opened


def build_missing(actor: Actor, layer: Layer | None = None) -> int:
    """Make the archives that are not there yet, of one layer or of all. Returns how many were made.

    A layer that cannot be built does not keep the others from theirs; NotBuilt is raised after the last one.
    """
    layers = Layer.objects.filter(kind=LayerKind.VECTOR, distribution__isnull=False).select_related(
        "distribution__dataset"
    )
    if layer is not None:
        layers = layers.filter(pk=layer.pk)
    made, fault = 0, None
    for each in layers:
        edition = newest_edition(public(), each.distribution_id or 0)
        try:
            made += edition is not None and build_archive(each, edition)
        except building.NotBuilt as error:
            fault = error
    if fault is not None:
        raise fault
    return made


def build_archive(layer: Layer, edition: Edition) -> bool:
    """Make one archive. False where it is there already, or the public does not see the edition.

    It may be run twice, or be killed and run again: the file appears whole under its own name, and only then is the row
    said to be ready.
    """
    if not visible(public(), Edition).filter(pk=edition.pk, is_published=True).exists():
        return False
    digest = digest_of(edition, layer.columns, layer.label)
    try:
        with transaction.atomic():
            row, _made = TileArchive.objects.get_or_create(layer=layer, digest=digest, defaults={"edition": edition})
    except IntegrityError:  # another worker was quicker
        return False
    if row.state == ArchiveState.READY and building.path_of(digest).is_file():
        if row.edition_id != edition.pk:
            TileArchive.objects.filter(pk=row.pk).update(edition=edition)
        return False
    columns = columns_of(edition, layer.columns)
    TileArchive.objects.filter(pk=row.pk).update(
        state=ArchiveState.BUILDING,
        edition=edition,
        columns=columns,
        fault="",
        has_labels=bool(building.label_columns(layer.label, columns)),
    )
    try:
        path = building.build(edition, layer.columns, layer.code, digest, layer.label)
    except building.NotBuilt as error:
        TileArchive.objects.filter(pk=row.pk).update(state=ArchiveState.FAILED, fault=str(error)[:500])
        raise
    header = opened(path).header
    TileArchive.objects.filter(pk=row.pk).update(
        state=ArchiveState.READY, bytes=path.stat().st_size, built_at=clock.now(), min_zoom=header["min_zoom"],
        max_zoom=header["max_zoom"],
    )  # fmt: skip
    return True
