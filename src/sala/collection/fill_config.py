"""What the scripts of the page that fills in a form are told: addresses, words, and the words of the library."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

# modules that name each other by plain addresses; an import map leads those to the addresses with a hash
MODULES = ("instance", "keeping", "labels", "outbox", "person", "sending", "words")
LIBRARY = {"vue": "webforms/vue.js", "@getodk/web-forms": "webforms/webforms.js"}
LIBRARY_FILES = ("webforms/engine.js", "webforms/map.js")
FONTS = ("fonts/noto-sans-lao-400.woff2", "fonts/noto-sans-lao-700.woff2")


def import_map() -> dict[str, dict[str, str]]:
    named = {name: static(path) for name, path in LIBRARY.items()}
    plain = [*LIBRARY_FILES, *(f"collection/{name}.js" for name in MODULES)]
    return {"imports": named | {f"{static_root()}{path}": static(path) for path in plain}}


def static_root() -> str:
    return static("core/sala.svg").rsplit("/core/", 1)[0] + "/"


def kept_assets() -> list[str]:
    """Addresses that a form needs to open again without a line. The map comes along when it is first used."""
    own = [f"collection/{name}" for name in ("fill.js", "waiting.js", "fill.css", *(f"{name}.js" for name in MODULES))]
    paths = [*LIBRARY.values(), "webforms/engine.js", *own, "core/sala.css", "core/sala.svg", *FONTS]
    return [static(path) for path in paths]


def scopes(slug: str = "") -> list[str]:
    """Addresses before which the service worker stands."""
    return [reverse("collection:outbox"), *([reverse("collection:fill", args=[slug])] if slug else [])]


def words() -> dict[str, Any]:
    return {
        "notSent": _("Not sent yet"), "conflict": _("Stands against another"), "refused": _("Was not taken"),
        "sent": _("Received"), "openAgain": _("Open again and correct"), "throwAway": _("Throw away"),
        "sureThrowAway": _("Throw this answer away? It is nowhere else."), "saveFile": _("Save as a file"),
        "notSentCount": _("Not sent yet: {count}"), "sentCount": _("Sent from this device: {count}"),
        "allSent": _("It was received. Nothing more is to be done."), "sendNow": _("Send now"), "signIn": _("Sign in"),
        "sendsItself": _("It is also sent by itself as soon as there is a line, while this page is open."),
        "signInFirst": _("Your session has ended. What you filled in is kept on this device; sign in and it is sent."),
        "nothingKept": _("Nothing waits on this device."),
        "otherPerson": _("Somebody signed out on this device, or somebody else signed in. Sign in and open the form again."),
        "leave": _("{count} answers are not sent yet. They stay on this device and are sent when you sign in here again. Drafts are thrown away. Sign out?"),
        "draftKept": _("Draft kept on this device, {time}"),
        "cannotKeep": _("This browser keeps nothing: its memory is full, or it is a private window. Stay on this page until the answer is sent."),
        "cannotOpen": _("The form could not be opened. Open it once with a line; after that it opens without one too."),
        "previewDone": _("The form is filled in correctly. This was a trial: nothing was kept or sent."),
        "more": _("More"), "takeAway": _("Take away"), "file": _("Choose a file"),
        "picker": {"today": _("Today"), "clear": _("Clear"), "dateFormat": "dd/mm/yy", "firstDayOfWeek": 1,
                   "emptyMessage": _("Nothing to choose from"), "emptyFilterMessage": _("Nothing found"),
                   "emptySearchMessage": _("Nothing found"), "noFileChosenMessage": _("No file chosen")},
    }  # fmt: skip


def library_words() -> dict[str, Any]:
    """What the library writes itself → the same in the reader's language. docs/forms.md says what stays English."""
    exact = {
        "Send": _("Send"),
        "Add": _("Add"),
        "Remove": _("Remove"),
        "Repeat Item": _("Entry"),
        "Get location": _("Get my location"),
        "Try again": _("Try again"),
        "Save location": _("Keep this location"),
        "Cancel": _("Cancel"),
        "Finding your location": _("Looking for your location"),
        "Cannot access location": _("Your location cannot be had"),
        "Grant location permission in the browser settings and make sure location is turned on.": _("Turn location on, and allow it for this page in the settings of the browser."),
        "Location unavailable. Enable GPS and browser permissions, then restart the form to try again.": _("Your location cannot be had. Turn location on, allow it for this page, then open the form again."),
        "Good accuracy": _("Good accuracy"),
        "Poor accuracy": _("Poor accuracy"),
        "Unknown accuracy": _("Accuracy not known"),
        "Accuracy:": _("Accuracy:"),
        "Time taken to capture location:": _("Time it took:"),
        "Take picture": _("Take a picture"),
        "Choose image": _("Choose a picture"),
        "Captured image preview": _("The picture you took"),
        "Upload file": _("Choose a file"),
        "Change language": _("Change the language"),
        "Condition not satisfied: required": _("This question must be answered."),
        "Condition not satisfied: constraint": _("This answer does not fit. Look at it again."),
        "1 question with error.": _("One question must be looked at again."),
        "Rank items": _("Put in order"),
        "Powered by": _("Drawn by"),
        "Unable to load map": _("The map cannot be shown"),
        "Okay": _("Agreed"),
        "Next Month": _("Next month"),
        "Previous Month": _("Previous month"),
        "Next Year": _("Next year"),
        "Previous Year": _("Previous year"),
        "Choose Date": _("Choose the day"),
        "Choose Month": _("Choose the month"),
        "Choose Year": _("Choose the year"),
        "Close": _("Close"),
        "No results found": _("Nothing found"),
        "No available options": _("Nothing to choose from"),
    }  # fmt: skip
    patterns = [
        [r"(\d+) questions with errors\.", _("Questions to look at again: $1")],
        [r"Accuracy: (.+)", _("Accuracy: $1")],
        [r"Latitude: (.+)", _("Latitude: $1")],
        [r"Longitude: (.+)", _("Longitude: $1")],
        [r"Location will be saved at (.+)", _("The location is kept at $1")],
        [r"Previous saved location at (.+)", _("Location kept before: $1")],
    ]
    return {"exact": exact, "patterns": patterns}
