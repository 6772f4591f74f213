"""What the columns of a form's tables mean, in the languages of the country, as rows of a table."""

from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection.models import Form
from sala.collection.queries.columns import tables_of
from sala.collection.queries.forms import texts_of
from sala.collection.queries.labels import choices_of
from sala.core.language import languages

MOST_LISTED = 20_000  # codes of one list


def dictionary_rows(form: Form, actor: Actor) -> tuple[list[str], list[list[Any]]]:
    """(headings, rows): a row for each column of a question; a row for each code where it has a list, the file of a list
    of another register with what the reader may know."""
    heading = [
        _("Table"), _("Column"), _("Question"), _("Type"), _("Versions"), _("Code"),
        *(_("Words (%(language)s)") % {"language": code} for code in languages()),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for table in tables_of(form).values():
        for column in table.columns:
            question, version = column.question, column.question.newest
            labels = texts_of(version, question.labels)
            types = "; ".join(
                kind if len(question.types) == 1 else f"{kind} ({', '.join(versions)})"
                for kind, versions in question.types.items()
            )
            about = [table.name, column.name, question.path, types, ", ".join(question.versions)]
            rows.append([*about, "", *(labels.get(code, "") for code in languages())])
            for code, words in choices_of(question, actor, MOST_LISTED) if not column.part else ():
                rows.append([table.name, column.name, "", "", "", code, *(words.get(lang, "") for lang in languages())])
    return heading, rows
