"""Plain reckoning on forms: which of a workbook's languages is which of the country's, and naming a version.

Knows no table.
"""

import re
from collections.abc import Sequence

from lxml import etree

from sala.core import language

XFORMS = "{http://www.w3.org/2002/xforms}"
CODE = re.compile(r"\(\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)?\s*\)\s*$")


def language_map(names: Sequence[str]) -> dict[str, str]:
    """The country's language code → the workbook's name of it, such as "Lao (lo)"; the first that fits.

    A workbook whose texts name no language has one, the empty one: it is taken for the required language.
    """
    if not [name for name in names if name and name != "default"]:
        return {language.required_language(): names[0] if names else ""}
    found: dict[str, str] = {}
    for code in language.languages():
        for name in names:
            marked = CODE.search(name)
            if (marked.group(1).lower() if marked else name.strip().lower()) == code:
                found.setdefault(code, name)
    return found


def with_version(xform: str, version: str) -> str:
    """The same XForm with a version on its primary instance, for a workbook that names none.

    xform  as the converter wrote it    Raises ValueError when it has no primary instance.
    """
    root = etree.fromstring(xform.encode())
    instance = root.find(f".//{XFORMS}model/{XFORMS}instance")
    if instance is None or len(instance) == 0:
        raise ValueError("the XForm has no primary instance")
    instance[0].set("version", version)
    return etree.tostring(root, encoding="unicode", xml_declaration=False)
