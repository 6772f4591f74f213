"""Fields and bases that the forms of this part share."""

from typing import Any

from django import forms

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SubjectChooser
from sala.core.fields import day_field as day_field
from sala.documents.models import Document
from sala.people.models import Position
from sala.places.models import Area


class PostField(Chooser):
    """A post, by words of its title, office and place, or by its code."""

    model = Position


class PlaceField(Chooser):
    """A place by its name or code."""

    model = Area


class SubjectField(SubjectChooser):
    """Any subject, by words or as noun and number."""


class DocumentField(Chooser):
    """A document by words of its title, its number or the address of its page, when the actor sees it."""

    model = Document


class ActorForm(ChoosingForm, forms.Form):
    """A form whose fields look things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
