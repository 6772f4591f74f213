"""The door for clients of CKAN: /api/3/action/NAME and /api/action/NAME, by GET or by POST of JSON. It only reads."""

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sala.access.request import Request
from sala.catalogue.exchange.ckan_actions import ACTIONS
from sala.core.errors import Gone, Invalid, Missing, SalaError

MOST_SENT = 1_000_000  # bytes
STATUS = {Gone: 410, Missing: 404, Invalid: 409}  # a bad request is 409 in CKAN
TYPES = {Gone: "Not Found Error", Missing: "Not Found Error", Invalid: "Validation Error"}


@csrf_exempt
@require_http_methods(["GET", "POST", "HEAD"])
def action(request: Request, name: str) -> HttpResponse:
    told = request.build_absolute_uri(request.path)
    try:
        chosen = ACTIONS.get(name)
        if chosen is None:
            raise Missing(_("There is no action “%(name)s” here. There are: %(names)s.") % {"name": name, "names": ", ".join(ACTIONS)})  # fmt: skip
        result = chosen(request.actor, _sent(request))
    except SalaError as error:
        return _failed(told, error)
    return JsonResponse({"help": told, "success": True, "result": result}, json_dumps_params={"ensure_ascii": False})


def _sent(request: Request) -> dict[str, Any]:
    """What the address and the body say. Raises Invalid."""
    sent: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in request.GET.lists()}
    if request.method != "POST":
        return sent
    if not (request.content_type or "").startswith("application/json"):
        return sent | {name: value for name, value in request.POST.items()}
    body = request.body[: MOST_SENT + 1]
    try:
        found = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(body) > MOST_SENT:
        raise Invalid(_("Send one JSON object with the parameters of the action."))
    return sent | found


def _failed(told: str, error: SalaError) -> HttpResponse:
    kind = next((known for known in TYPES if isinstance(error, known)), None)
    body: dict[str, Any] = {"__type": TYPES[kind] if kind else "Authorization Error", "message": str(error.advice)}
    body |= {name: [str(text) for text in texts] for name, texts in error.fields.items()}
    status = STATUS[kind] if kind else error.status
    answer = {"help": told, "success": False, "error": body}
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
