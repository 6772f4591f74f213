"""People within the reach of whoever administers them: by the posts that they hold, or held last."""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, Exists, Func, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import permitted
from sala.core import clock, lao
from sala.core.errors import NotPermitted, SignInNeeded
from sala.people.models import Appointment, Person, Position


class Upper(Func):
    """The first day after a range."""

    function = "upper"
    output_field = DateField()


def is_everywhere(actor: Actor, verb: str) -> bool:
    """Whether a right reaches over all organisations of the whole country."""
    return actor.is_everything or any(
        verb in grant.verbs and grant.organisation_path == "" and len(path_ids(grant.area_path)) <= 1
        for holding in actor.holdings
        for grant in holding.grants
    )


def people_within(actor: Actor, verb: str, *, wholly: bool = False) -> QuerySet[Person]:
    """People who hold a post on which the actor has the right, or will; of those without one, who held such a post last.

    wholly  no post of theirs, nor another one that they held as long as the last, lies beyond it
    Whoever has the right over all organisations of the country reaches everybody, also people who never had a post.
    """
    people = Person.objects.all()
    if is_everywhere(actor, verb):
        return people
    posts = permitted(actor, verb, Position).order_by().values("pk")
    held = Appointment.objects.filter(person=OuterRef("pk"))
    ahead = held.filter(valid__overlap=DateRange(clock.today(), None))
    same = Appointment.objects.filter(person=OuterRef("person")).annotate(end=Upper("valid"))
    last = held.annotate(end=Upper("valid")).filter(end=Subquery(same.order_by("-end").values("end")[:1]))
    within = Q(Exists(ahead.filter(position__in=posts))) | (
        ~Q(Exists(ahead)) & Q(Exists(last.filter(position__in=posts)))
    )
    if not wholly:
        return people.filter(within)
    beyond = Q(Exists(ahead.exclude(position__in=posts))) | Q(Exists(last.exclude(position__in=posts)))
    return people.filter(within, ~beyond)


def require_person(actor: Actor, verb: str, person: Person) -> None:
    """Raises what the reader should be told where the right does not cover every post of the person.

    Notes the post that allows it.
    """
    if actor.is_everything:
        return
    if not actor.is_signed_in and actor.kind != "token":
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    if not people_within(actor, verb, wholly=True).filter(pk=person.pk).exists():
        raise NotPermitted(
            _("Your right does not cover every post of this person. Ask an administrator over all of them.")
        )
    actor.position_id = actor.acting_post(verb).position_id


def found_people(actor: Actor, verb: str, word: str = "", state: str = "") -> QuerySet[Person]:
    """The list: by name, e-mail or telephone; state: "" open accounts, "closed", "all"."""
    rows = people_within(actor, verb)
    if state != "all":
        rows = rows.filter(is_active=state != "closed")
    if word := lao.stored(word.strip()):
        by: Any = Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=lao.digits(word))
        rows = rows.filter(by)
    today = Appointment.objects.filter(valid__contains=clock.today()).select_related("position__organisation")
    return rows.prefetch_related(Prefetch("appointments", today, to_attr="held_today")).order_by("name", "pk")
