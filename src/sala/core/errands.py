"""Work that a page asks for and that may take long: a small file is read at once, a large one by the worker.

A handler gets the actor and the errand. It reads outside any transaction, in the limited child process, and answers a
function that makes the change and returns the address of what came of it; when it raises Overtaken, both are tried
again. That function and the errand's end are one
transaction: a worker that is killed leaves an errand that is still open, or one that is done, and nothing between.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from sala.core import clock, language
from sala.core.errors import Overtaken, SalaError
from sala.core.files import store
from sala.core.models import Errand, ErrandState

ONE_AT_A_TIME = "errands"  # the worker's other place stays free for messages and seals
MOST_TIMES = 3  # that something is prepared when it is overtaken by another change each time

Finish = Callable[[], str]
Handler = Callable[[Any, Errand], Finish]


class Asker(Protocol):
    def as_asker(self) -> dict[str, Any]: ...


@cache
def handlers() -> dict[str, Handler]:
    """Kind → handler: the one list of what the worker does for pages (settings.SALA_ERRANDS)."""
    return import_string(settings.SALA_ERRANDS)


def ask(actor: Asker, kind: str, *, title: str, file: Path | None = None, size: int = 0, long: bool = False,
        **asked: Any) -> Errand:  # fmt: skip
    """Have something done: at once when it is small, by the worker otherwise. Returns the errand, done or waiting.

    file  is kept by its hash first           size  in bytes, of what is read when no file comes with it
    long  it takes the worker, whatever its size
    Raises SalaError when a small one is refused; the refusal of a large one stands on its page.
    """
    errand = Errand(
        kind=kind, title=title[:300], asked=asked, asker=actor.as_asker(), language=language.current(), bytes=size
    )
    if file is not None:
        errand.sha256, errand.bytes = store.keep(file)
    if errand.bytes <= settings.ERRAND_AT_ONCE and not long:
        _do(actor, errand)
        return errand
    with transaction.atomic():
        errand.save()
        app.configure_task("errands.run", lock=ONE_AT_A_TIME).defer(errand=str(errand.pk))
    return errand


def run(pk: Any, actor_of: Callable[[dict[str, Any]], Asker]) -> None:
    """The worker's part. A second run of a finished errand does nothing; an unexpected failure is told and raised."""
    errand = Errand.objects.filter(pk=pk).first()
    if errand is None or not errand.is_open:
        return
    Errand.objects.filter(pk=pk).update(state=ErrandState.READING, began_at=clock.now())
    with translation.override(errand.language):
        try:
            _do(actor_of(errand.asker), errand)
        except SalaError as error:
            _refuse(errand, str(error), {name: [str(text) for text in texts] for name, texts in error.fields.items()})
        except Exception:
            _refuse(
                errand,
                _("The program failed over this file. Nothing was kept; the operator finds the reason in the log.")
                if errand.bytes
                else _("The program failed over this. Nothing was kept; the operator finds the reason in the log."),
                {},
            )
            raise


def _do(actor: Asker, errand: Errand) -> None:
    for again in range(MOST_TIMES - 1, -1, -1):
        finish = handlers()[errand.kind](actor, errand)
        try:
            with transaction.atomic():
                _finish(errand, finish)
            return
        except Overtaken:
            if not again:
                raise


def _finish(errand: Errand, finish: Finish) -> None:
    kept = Errand.objects.select_for_update().filter(pk=errand.pk).first()
    if kept is not None and not kept.is_open:
        return
    errand.result = finish()
    errand.state, errand.ended_at = ErrandState.DONE, clock.now()
    errand.began_at = errand.began_at or errand.asked_at
    errand.save()


def _refuse(errand: Errand, advice: str, fields: dict[str, list[str]]) -> None:
    refusal = {"advice": advice, "fields": fields}
    Errand.objects.filter(pk=errand.pk).update(state=ErrandState.REFUSED, refusal=refusal, ended_at=clock.now())


def before(errand: Errand) -> int:
    """How many are done before this one."""
    opened = Errand.objects.filter(state__in=[ErrandState.WAITING, ErrandState.READING])
    return opened.filter(asked_at__lt=errand.asked_at).exclude(pk=errand.pk).count()


def forget_old(days: int = 30) -> int:
    """Errands that ended long ago are of no use to anybody. Returns how many went."""
    ended = Errand.objects.filter(ended_at__lt=clock.now() - timedelta(days=days))
    return ended.delete()[0]
