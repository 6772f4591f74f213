"""The one list of nouns of other parts that forms can be about (sala.collection.about.AboutNoun)."""

from sala.collection.about import AboutNoun
from sala.concessions.answering import Concessions

ANSWER_SUBJECTS: list[AboutNoun] = [Concessions()]
