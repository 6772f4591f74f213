"""./sala worker"""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the queue: reminders, messages, seals, whatever waits. Stop it with Ctrl-C; work in hand is finished."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what waits, then stop")

    def handle(self, *, once, **options):
        call_command("procrastinate", "worker", concurrency=1, wait=not once, delete_jobs="successful")
