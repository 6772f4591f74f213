"""Taking the register along in formats of others, narrowed as the list is narrowed and under the same redaction."""

import tempfile

from django.http import FileResponse

from sala.access.request import Request
from sala.concessions.exchange.giving import tables
from sala.concessions.exchange.land_matrix.writing import write
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.models import Concession
from sala.concessions.queries.register import register

IN_MEMORY = 8 * 1024**2


def land_matrix(request: Request) -> FileResponse:
    """The zip of six tables of the Land Matrix. What was asked stands in the address, as on the list."""
    form = NarrowForm(request.GET, actor=request.actor)
    rows = register(request.actor, form.narrowing()) if form.is_valid() else Concession.objects.none()
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  FileResponse closes it
    write(target, tables(request.actor, rows))
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename="land-matrix.zip", content_type="application/zip")
