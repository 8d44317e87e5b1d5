"""The methods about files: `files.getUploadURLExternal`, `files.completeUploadExternal` and `files.info`."""

from __future__ import annotations

from targetwatch.standin.answers import Answer, Arguments, Refused, structure
from targetwatch.standin.files import LARGEST, LONGEST_ALT_TEXT, File, Files

NOWHERE = "http://127.0.0.1/"


class Filing:
    """Uploads in three steps. `upload_url` of the first is completed by who knows the server's address."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def ask_for_address(self, arguments: Arguments) -> Answer:
        """`files.getUploadURLExternal`."""
        name, length = str(arguments.get("filename") or ""), str(arguments.get("length") or "")
        if not name or not length.isdigit() or int(length) == 0:
            raise Refused("missing_argument")
        if int(length) > LARGEST:
            raise Refused("file_upload_size_restricted")
        alt_text = str(arguments.get("alt_txt") or "")
        if len(alt_text) > LONGEST_ALT_TEXT:
            raise Refused("alt_txt_too_large")
        file_id, ticket = self._files.ticket(name, int(length), alt_text)
        return {"file_id": file_id, "upload_url": f"{arguments.get('_address', NOWHERE)}upload/v1/{ticket}"}

    def complete(self, arguments: Arguments) -> Answer:
        """`files.completeUploadExternal`, for files that are shared in no channel."""
        wanted = structure(arguments.get("files"), "invalid_arguments")
        if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
            raise Refused("invalid_arguments")
        if arguments.get("channel_id") or arguments.get("channels"):
            raise Refused("posting_to_channel_denied")  # targetwatch shows a file within a message of its own
        files = self._files.complete([(str(one.get("id") or ""), str(one.get("title") or "")) for one in wanted])
        if files is None:
            raise Refused("file_not_found")
        return {"files": [_told(file) for file in files]}

    def info(self, arguments: Arguments) -> Answer:
        """`files.info`."""
        file = self._files.get(str(arguments.get("file") or ""))
        if file is None or not file.is_complete:
            raise Refused("file_not_found")
        return {"file": _told(file)}


def _told(file: File) -> Answer:
    """A file as Slack's answers give it."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "alt_txt": file.alt_text,
        "mimetype": file.kind,
        "size": file.length,
    }
