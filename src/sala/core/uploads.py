"""Uploads go straight to disk and stop at the limit, so that a huge one neither fills memory nor the disk."""

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Counts bytes as they come. Past the limit the upload is cut and the request carries a mark."""

    def __init__(self, request=None):
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            if self.request is not None:
                self.request.META["sala.upload_too_large"] = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)
