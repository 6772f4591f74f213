"""The tables of documents, one file for each subject."""

from sala.documents.models.document import (
    Document,
    DocumentFile,
    DocumentPage,
    DocumentState,
    FileDownloads,
    LegalReference,
    Relation,
)
from sala.documents.models.issued import IssuedDocument, IssuedFile, IssuedKind, NumberSeries
from sala.documents.models.link import LinkCheck
from sala.documents.models.rules import NonWorkingDay, Rule, RuleKind

__all__ = [
    "Document",
    "DocumentFile",
    "DocumentPage",
    "DocumentState",
    "FileDownloads",
    "IssuedDocument",
    "IssuedFile",
    "IssuedKind",
    "LegalReference",
    "LinkCheck",
    "NonWorkingDay",
    "NumberSeries",
    "Relation",
    "Rule",
    "RuleKind",
]
