"""./sala … migrate: Django's own, quicker on a first migration."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from config.migration_states import only_what_changed


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with only_what_changed():
            super().handle(*args, **options)
