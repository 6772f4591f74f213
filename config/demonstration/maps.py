"""Layers and theme maps of maps.yaml, and the published tiles of what is public."""

from sala.access.actor import Actor
from sala.core.pack import Pack, Report
from sala.maps import imports
from sala.maps.operations import build_missing


def maps(actor: Actor, pack: Pack) -> Report:
    report = imports.load(actor, pack.listed("maps", "layers"), pack.listed("maps"))
    build_missing(actor)
    return report
