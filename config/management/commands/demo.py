"""./sala demo"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config import cluster, database, packs, real_data, search_state, serving
from config.demonstration import loading, people
from config.progress import Progress
from sala.access import actor
from sala.core.errors import SalaError
from sala.core.models import PackFact
from sala.core.pack import Pack
from sala.people.models import Person

MARK = "demonstration"  # the fact that says: this state was made to be tried out


class Command(BaseCommand):
    help = "Make everything from nothing, with invented records, and serve it."

    def add_arguments(self, parser):
        parser.add_argument("--pack", type=Path, help="folder of the country pack (default: packs/laos)")
        parser.add_argument("--with", dest="folder", type=Path, metavar="FOLDER", help="real files to take in")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, serve nothing")

    def handle(self, *, folder, port, no_serve, **options):
        if not os.environ.get("SALA_BASE_URL"):
            settings.BASE_URL = os.environ["SALA_BASE_URL"] = f"http://127.0.0.1:{port}"
        try:
            if not no_serve:
                serving.check_port(port)
            if folder and not folder.is_dir():
                raise CommandError(f"There is no folder {folder}. Give the folder that holds your files.")
            with self.alone():
                self.prepare(folder)
            if no_serve:
                self.tell(port, served=False)
                return
            serving.check_port(port)
        except (SalaError, cluster.ClusterError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {str(error).strip()}") from error
        commands = {"web": serving.web_command(port), "worker": serving.worker_command()}
        self.stdout.write("  starting …")
        self.stdout.flush()
        if serving.run_together(commands, port, lambda: self.tell(port, served=True)):
            raise CommandError("The demonstration stopped. The lines above say why.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One demonstration at a time prepares a state; a second waits, and then finds everything done."""
        with (settings.STATE / "demo.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.stdout.write("Another ./sala demo prepares this state; waiting for it.")
                self.stdout.flush()
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def prepare(self, folder: Path | None) -> None:
        progress = Progress(self.stdout.write, self.stdout.flush)
        with progress.step("database server") as step:
            step.result = "started" if database.is_private() and cluster.ensure_running() else "runs already"
        with progress.step("database") as step:
            missing = serving.unapplied_migrations()
            if missing:
                call_command("migrate", verbosity=0)
            step.result = f"{len(missing)} steps" if missing else "up to date"
        pack = Pack(settings.PACK)
        self.check_state(pack)
        with progress.step("search rows of older programs") as step:
            step.result = search_state.bring_up_to_date()
        with progress.step(f"country pack {pack.info['code']}") as step:
            step.result = "unchanged"
            if not packs.is_loaded(pack.folder):
                step.result = packs.load(actor.command(), pack.folder).summary()
            packs.remember(pack.folder)
            PackFact.objects.get_or_create(key=MARK, defaults={"value": True})
        with progress.step("demonstration records") as step:
            step.result = "unchanged"
            if not loading.is_loaded(pack.folder):
                step.result = self.load_records(pack)
        if folder:
            self.stdout.write(f"  files of {folder}")
            if not real_data.import_folder(folder, lambda line: self.stdout.write(f"    {line}")):
                self.stderr.write("  Some of these files were refused; the lines above say why. The rest is in.")
        with progress.step("files for the browser"):
            serving.collect_static()

    def load_records(self, pack: Pack) -> str:
        report = loading.load(actor.command(), pack.folder)
        for line in report.refused:
            self.stderr.write(f"\n    {line}")
        return report.summary()

    def check_state(self, pack: Pack) -> None:
        """Refuse to mix two countries, or invented records with the real ones of an installation in use."""
        loaded = PackFact.get("code")
        if loaded and loaded != pack.info["code"]:
            raise SalaError(
                f"This state holds the country pack {loaded}. For {pack.info['code']} use a state of its own:"
                f" SALA_STATE=var-{pack.info['code']} ./sala demo --pack {pack.folder}"
            )
        if not PackFact.get(MARK) and Person.objects.filter(is_invented=False).exists():
            raise SalaError(
                "This state belongs to an installation with real people, so no invented records are added."
                " Use ./sala serve, or a state of its own: SALA_STATE=var-demo ./sala demo"
            )

    def tell(self, port: int, served: bool) -> None:
        self.stdout.write("")
        if served:
            self.stdout.write(
                f"Sala is open at {settings.BASE_URL}  (search: /search/, a place: /places/, the desk: /desk/)"
            )
        else:
            self.stdout.write(
                "Everything is ready. Start it with: ./sala demo" + (f" --port {port}" if port != 8000 else "")
            )
        self.stdout.write("Sign in as one of the invented people; each link works once:")
        samples = people.samples(Pack(settings.PACK))
        width = max((len(sample.label) for sample in samples), default=0)
        for sample in samples:
            self.stdout.write(f"  {sample.label:<{width}} {sample.link}")
        self.stdout.write("Stop with Ctrl-C." if served else "The links stay good for 14 days.")
        self.stdout.flush()
