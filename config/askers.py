"""The one list of parts that say what exactly a call asks (sala.duties.asking.Asker)."""

from sala.bodies.asker import Papers
from sala.catalogue.askers.access import Access
from sala.catalogue.askers.figures import Figures
from sala.collection.asker import Forms
from sala.concessions.asking import Orders
from sala.duties.asking import Asker

ASKERS: list[Asker] = [Figures(), Papers(), Access(), Forms(), Orders()]
