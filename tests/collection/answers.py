"""Answers written out by hand, as a device writes them; nothing of the program's own is used."""

import uuid
from xml.sax.saxutils import escape


def named() -> str:
    return f"uuid:{uuid.uuid4()}"


def answer(instance=None, *, form="village_water", version="1", corrects="", photo="", **values) -> bytes:
    """XML of an answer to the village form of the tests; values by the name of the question."""
    values = {"village": "010101", "people": "120", "women": "60"} | values
    if photo:
        values["photo"] = photo
    meta = f"<orx:instanceID>{instance or named()}</orx:instanceID>"
    if corrects:
        meta += f"<orx:deprecatedID>{corrects}</orx:deprecatedID>"
    told = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())
    return (
        "<?xml version='1.0' ?>"
        f'<data xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" id="{form}"'
        f' version="{version}">{told}<orx:meta>{meta}</orx:meta></data>'
    ).encode()


def multipart(*parts: tuple[str, str, str, bytes], boundary: str = "--a-b-c-d-e-f") -> tuple[bytes, str]:
    """(body, content type) of parts (name, file name, media type, content), as RFC 7578 writes them."""
    body = b""
    for name, file_name, media_type, content in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'.encode()
        body += f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: binary\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
