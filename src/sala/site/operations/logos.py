"""The logo of a front door: opened in the child only, drawn anew, kept by its content."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.files import child, store
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.site import policy
from sala.site.models import Portal
from sala.site.operations.portals import require_house

LARGEST = 500_000  # bytes of the file that is sent
LIMITS = child.Limits(memory=1024**3, seconds=20, output=4 * 1024**2)


def set_logo(actor: Actor, portal: Portal, path: Path, words: Mapping[str, str]) -> Portal:
    """Show this PNG in the header, with words for those who do not see it. Raises Unreadable, Invalid."""
    require_house(actor, portal)
    if path.stat().st_size > LARGEST:
        raise Invalid("", {"file": [_("The logo is larger than 500 kB. Save it smaller and send it again.")]})
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "logo.png"
        child.run("sala.core.files.logos:draw", path, small, limits=LIMITS)
        digest, _size = store.keep(small)
    return change_logo(actor, portal, digest, words)


@operation
def change_logo(actor: Actor, portal: Portal, digest: str, words: Mapping[str, str]) -> Portal:
    """Which file of the store is shown (by hash; empty: none, but the common mark), and its words."""
    portal = lock(portal)
    require_house(actor, portal)
    before = Portal.objects.get(pk=portal.pk)
    portal.logo_sha256, portal.logo_words = digest, Translated(words if digest else {})
    check(portal)
    portal.save(update_fields=["logo_sha256", "logo_words"])
    if difference := changed_fields(before, portal):
        record(actor, policy.EDIT, portal, change="logo changed", fields=difference)
    return portal
