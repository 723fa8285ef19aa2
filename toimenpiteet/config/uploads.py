"""What becomes of files in a request: a few addresses take one, and none goes to disk."""

from io import BytesIO
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from toimenpiteet.models.files import LARGEST

TAKERS = {"evidence", "goal-evidence", "edit-logo", "api:evidence", "api:goal-evidence"}
"""The names of the addresses that take a file."""


class OneFile(FileUploadHandler):
    """Keeps the first file of a request in memory, and of one that is too large only enough to tell that it is.

    Elsewhere a request with a file in it is refused before anything of the file is read.
    """

    chunk_size = 256 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; raises BadRequest where none is taken."""
        super().new_file(*args, **kwargs)
        match = getattr(self.request, "resolver_match", None)
        if match is None or match.view_name not in TAKERS:
            raise BadRequest("Files are not taken at this address.")
        self.data = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # Django gives it
        """Keep a piece, as long as the file may still be small enough."""
        room = LARGEST + 1 - self.data.tell()
        self.data.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:  # what was kept counts
        """Return the file: of one that is too large its first bytes, one more than fit."""
        size = self.data.tell()
        self.data.seek(0)
        return InMemoryUploadedFile(
            self.data, self.field_name, self.file_name or "", self.content_type, size, self.charset
        )
