"""A logo for the header of pages: drawn anew, small and without anything that was written into its file.

Runs in the child. Imports nothing that needs settings.
"""

import warnings
from pathlib import Path
from typing import Any

from PIL import Image

from sala.core.files.refusals import Refused

HEIGHT, WIDTH = 96, 480  # pixels at most: twice what is shown, for fine screens
MOST_PIXELS = 25_000_000


def draw(path: str, target: str) -> dict[str, Any]:
    """Write a small PNG to `target`. Returns {"width", "height": pixels}. Raises Refused when it is no whole PNG."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    if not Path(path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n":
        raise Refused("unknown-type", found="bytes", allowed="PNG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG",)) as picture:
                small = picture.convert("RGBA")
                small.thumbnail((WIDTH, HEIGHT))
                clean = Image.new("RGBA", small.size)
                clean.paste(small)
                clean.save(Path(target), "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("damaged", detail=str(error)[-80:]) from None
    return {"width": clean.width, "height": clean.height}
