"""./sala forms add FILE"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sala.access.actor import command
from sala.collection import operations
from sala.collection.models import Form
from sala.collection.operations.forms import read_workbook
from sala.core.errors import SalaError
from sala.people.models import Organisation


class Command(BaseCommand):
    help = "Take a workbook (XLSForm) in as a form, or as a new version of the form whose id it bears."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["add"])
        parser.add_argument("path", type=Path)
        parser.add_argument("--owner", required=True, metavar="CODE", help="code of the organisation whose form it is")
        parser.add_argument("--publish", action="store_true", help="put it in use at once")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, path: Path, owner: str, publish: bool, dry_run: bool, **_options):
        if not path.is_file():
            raise CommandError(f"{path} is not there.")
        organisation = Organisation.objects.filter(code=owner).first()
        if organisation is None:
            raise CommandError(f"There is no organisation with the code {owner}.")
        new = changed = unchanged = 0
        try:
            found = read_workbook(path, path.name)
            form = Form.objects.filter(form_id=found["form_id"]).first()
            if form and form.versions.filter(sha256=found["sha256"]).exists():
                unchanged = 1
            else:
                new, changed = int(form is None), int(form is not None)
                if not dry_run:
                    self._keep(organisation, form, path, publish)
        except SalaError as error:
            self.stderr.write(f"refused {path.name}: {error}")
            raise CommandError("0 new, 0 changed, 0 unchanged, 1 refused") from error
        self.stdout.write(f"{new} new, {changed} changed, {unchanged} unchanged, 0 refused")

    def _keep(self, owner: Organisation, form: Form | None, path: Path, publish: bool) -> None:
        if form is None:
            version = operations.make_form(command(), owner, path, path.name).versions.get()
        else:
            version = operations.receive_version(command(), form, path, path.name)
        if publish:
            operations.publish_version(command(), version)
