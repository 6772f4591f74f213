"""What the converted form itself says: its identity, languages, the files it needs and the entities it makes."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from sala.core.files.xlsform.findings import unexplained
from sala.core.files.xlsform.sheets import Book

_XF = "{http://www.w3.org/2002/xforms}"
_H = "{http://www.w3.org/1999/xhtml}"
_ENTITIES = "{http://www.opendatakit.org/xforms/entities}"
_FILE = re.compile(r"^jr://(?:images|image|audio|video|file|file-csv)/(.+)$")
_PULLED = re.compile(r"\bpulldata\(\s*(['\"])(.+?)\1")
_SEARCHED = re.compile(r"\bsearch\(\s*(['\"])(.+?)\1")
_MEDIA_FORMS = ("image", "big-image", "audio", "video")


@dataclass
class Written:
    form_id: str
    version: str
    title: str
    languages: list[str]
    default_language: str
    media: list[str]
    entities: list[dict[str, Any]]
    save_to: dict[str, str] = field(default_factory=dict)
    submission_url: str = ""
    is_encrypted: bool = False


def written(path: Path, book: Book) -> Written:
    """Raises Refused where the converter wrote something that is not XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.parse(path, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise unexplained(str(error), book) from None
    model = root.find(f"{_H}head/{_XF}model")
    primary = model.find(f"{_XF}instance")[0]
    translations = model.findall(f"{_XF}itext/{_XF}translation")
    names = [each.get("lang", "") for each in translations]
    default = next((each.get("lang", "") for each in translations if each.get("default")), "")
    submission = model.find(f"{_XF}submission")
    binds = model.findall(f"{_XF}bind")
    return Written(
        form_id=primary.get("id", ""), version=primary.get("version", ""), title=root.findtext(f"{_H}head/{_H}title") or "",
        languages=[name for name in names if name != "default"], default_language="" if default == "default" else default,
        media=_media(root, model, primary), entities=_entities(primary, binds),
        save_to={each.get("nodeset"): each.get(f"{_ENTITIES}saveto") for each in binds if each.get(f"{_ENTITIES}saveto")},
        submission_url=submission.get("action", "") if submission is not None else "",
        is_encrypted=submission is not None and bool(submission.get("base64RsaPublicKey")),
    )  # fmt: skip


def _media(root: Any, model: Any, primary: Any) -> list[str]:
    """Names of files in order of appearance: lists and tables, pictures and sounds beside questions, default pictures."""
    wanted: list[str] = [each.get("src", "") for each in model.findall(f"{_XF}instance")]
    wanted += [each.text or "" for each in root.iter(f"{_XF}value") if each.get("form") in _MEDIA_FORMS]
    wanted += [each.text or "" for each in primary.iter(etree.Element) if (each.text or "").startswith("jr://")]
    names = [found.group(1) for found in map(_FILE.match, wanted) if found]
    for each in root.iter(etree.Element):
        for value in each.values():
            names += [f"{found.group(2)}.csv".replace(".csv.csv", ".csv") for pattern in (_PULLED, _SEARCHED) for found in pattern.finditer(value)]  # fmt: skip
    return list(dict.fromkeys(names))


def _entities(primary: Any, binds: list[Any]) -> list[dict[str, Any]]:
    """The entities an answer makes or changes; create and update are formulas, true() or ""."""
    found = []
    tree = etree.ElementTree(primary)
    formulas = {each.get("nodeset"): each.get("calculate", "") for each in binds}
    for entity in primary.iter(f"{_XF}entity"):
        path = "/" + re.sub(r"\{[^}]*\}|\[\d+\]", "", tree.getelementpath(entity)).strip("/")
        path = f"/{etree.QName(primary).localname}{path}"
        conditions = {way: formulas.get(f"{path}/@{way}", "true()") if entity.get(way) is not None else "" for way in ("create", "update")}  # fmt: skip
        found.append({"list": entity.get("dataset", ""), "path": path, **conditions, "label": formulas.get(f"{path}/label", "")})  # fmt: skip
    return found
