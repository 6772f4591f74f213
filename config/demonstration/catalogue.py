"""Invented datasets of datasets.yaml, with their files."""

from sala.access.actor import Actor
from sala.catalogue import imports
from sala.core.pack import Pack, Report


def datasets(actor: Actor, pack: Pack) -> Report:
    return imports.load(actor, pack.folder, pack.listed("datasets"))
