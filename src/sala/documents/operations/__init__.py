"""Every change of documents, rules, days off and issued papers that an official would name."""

from sala.documents.operations.documents import (
    add_document,
    classify_document,
    describe_document,
    publish_document,
    refer_to_law,
    remove_reference,
    withdraw_document,
)
from sala.documents.operations.files import add_file, replace_file
from sala.documents.operations.issued import LaidOut, issue_document, lay_out, withdraw_issued
from sala.documents.operations.rules import (
    add_non_working_day,
    add_rule,
    end_rule,
    remove_non_working_day,
    rule_value,
)

__all__ = [
    "LaidOut",
    "add_document",
    "add_file",
    "add_non_working_day",
    "add_rule",
    "classify_document",
    "describe_document",
    "end_rule",
    "issue_document",
    "lay_out",
    "publish_document",
    "refer_to_law",
    "remove_non_working_day",
    "remove_reference",
    "replace_file",
    "rule_value",
    "withdraw_document",
    "withdraw_issued",
]
