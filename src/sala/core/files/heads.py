"""Photos and papers by how their content begins; what their sender called them, and said of their type, is not believed."""

LENGTH = 1024  # bytes from the start that are looked at
PDF = "application/pdf"
JPEG, PNG, WEBP = PICTURES = ("image/jpeg", "image/png", "image/webp")


def media_type(head: bytes) -> str:
    """Media type of a photo or a paper by its first LENGTH bytes; "" for everything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return PDF if b"%PDF-" in head else ""
