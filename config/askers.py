"""The one list of parts that say what exactly a call asks (sala.duties.asking.Asker)."""

from sala.bodies.asker import Papers
from sala.catalogue.access_asker import Access
from sala.catalogue.asker import Figures
from sala.duties.asking import Asker

ASKERS: list[Asker] = [Figures(), Papers(), Access()]
