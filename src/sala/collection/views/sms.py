"""The door for the gateway that hands over short messages."""

import json
from secrets import compare_digest
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.collection.operations.sms import answer
from sala.core.errors import Invalid, NotPermitted

# What gateways call the number of a message, who sent it, and its words.
NAMES = {
    "id": ("id", "message_id", "messageId", "MessageSid"),
    "from": ("from", "sender", "msisdn", "From"),
    "text": ("text", "message", "body", "Body"),
}
MOST_BYTES = 20_000


@csrf_exempt
@require_POST
def incoming(request: Request) -> HttpResponse:
    """One message, as form fields or JSON. The answer is the text to send back: JSON with `reply`, or plain text to a
    gateway that asks for that. The gateway shows the secret of the setting SALA_SMS_SECRET in the header X-Sala-Secret.
    """
    if not settings.SMS_SECRET:
        raise Http404
    if not compare_digest(request.headers.get("X-Sala-Secret", "").encode(), settings.SMS_SECRET.encode()):
        raise NotPermitted(_("The secret of the gateway is wrong. Set it as the service's settings have it."))
    told = _told(request)
    lacking = [name for name in ("id", "from") if not told[name]]
    if lacking:
        raise Invalid(_("The gateway left out: %(names)s.") % {"names": ", ".join(lacking)})
    reply = answer(told["id"], told["from"], told["text"])
    if "text/plain" in request.headers.get("Accept", ""):
        return HttpResponse(reply, content_type="text/plain; charset=utf-8")
    return JsonResponse({"reply": reply}, json_dumps_params={"ensure_ascii": False})


def _told(request: Request) -> dict[str, str]:
    sent: Any = request.POST
    if request.content_type == "application/json":
        try:
            sent = json.loads(request.body[:MOST_BYTES])
        except ValueError as error:
            raise Invalid(_("This is no JSON.")) from error
        if not isinstance(sent, dict):
            raise Invalid(_("This is no JSON."))
    return {name: str(next((sent[key] for key in keys if sent.get(key)), "")) for name, keys in NAMES.items()}
