"""What the common frame of every page needs."""

from django.http import HttpRequest

from sala.access.actor import public
from sala.core import language
from sala.core.models import PackFact
from sala.people import policy as people_policy
from sala.site.menu import menu


def frame(request: HttpRequest) -> dict:
    actor = getattr(request, "actor", None) or public()
    return {
        "actor": actor,
        "menu": list(menu(request, actor)),
        "portal": getattr(request, "portal", None),
        "page_language": language.current(),
        "languages": language.languages(),
        "disclaimer": PackFact.words("disclaimer"),
        "may_administer_people": actor.has_anywhere(people_policy.INVITE) or actor.has_anywhere(people_policy.EDIT),
    }
