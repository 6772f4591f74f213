"""Forms of the registers of places and facilities."""

from sala.places.forms.areas import AreaForm, EndForm, MergeForm, PartForm, RenameForm, SplitForm, TransferForm
from sala.places.forms.boundaries import ColumnsForm, ConfirmForm, UploadForm

__all__ = [
    "AreaForm",
    "ColumnsForm",
    "ConfirmForm",
    "EndForm",
    "MergeForm",
    "PartForm",
    "RenameForm",
    "SplitForm",
    "TransferForm",
    "UploadForm",
]
