"""Copies the few files the browser needs out of node_modules, unbundled.

Run by the `sala` command with the target folder and the folder of the packages; it imports nothing of the project.
Charts and PDF need a TrueType font, so the web font is converted once here. A country pack may name the package file
that holds its outline (pack.yaml: outline); it is copied to outline/<code of the pack>.json.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
FILES = {
    "@fontsource/noto-sans-lao/files/noto-sans-lao-lao-400-normal.woff2": "fonts/noto-sans-lao-400.woff2",
    "@fontsource/noto-sans-lao/files/noto-sans-lao-lao-700-normal.woff2": "fonts/noto-sans-lao-700.woff2",
    "@fontsource/noto-sans-lao/files/noto-sans-lao-latin-400-normal.woff2": "fonts/noto-sans-latin-400.woff2",
    "@fontsource/noto-sans-lao/files/noto-sans-lao-latin-700-normal.woff2": "fonts/noto-sans-latin-700.woff2",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre/maplibre-gl.css",
    "vue/dist/vue.runtime.esm-browser.prod.js": "webforms/vue.js",
}

# The page that fills in forms. Its files get names that stay the same from version to version, because import maps name
# them; what is changed in them is written here, and copying fails when a new version of the package has other words.
WEB_FORMS = "@getodk/web-forms/dist"
CHANGED = "/* @getodk/web-forms (Apache-2.0), changed when copied: see config/browser_files.py of Sala. */\n"
WEB_FORMS_FILES = {"index.js": "webforms.js", "index-*.js": "engine.js", "MapBlock-*.js": "map.js"}
# half the weight of a first load is a typeface without Lao letters; ours is on the page already
TYPEFACES = re.compile(r"@font-face\{[^{}]*\}")
CHANGES = {
    "engine.js": [
        # a draft goes on as it was left, where the component only knows how to begin a correction
        (r"await (\w+)\.editInstance\((\w+), (\w+)\)",
         r"await (\2.draft ? \1.restoreInstance({ data: [\2.draft] }, \3) : \1.editInstance(\2, \3))"),
        (r"(resolvableFormInstanceInput = \((\w+)\) => \{)", r"\1 if (\2.draft) return \2;"),
    ],
    # no ground of a stranger's server under points
    "map.js": [(r"https://tile\.openstreetmap\.org/\{z\}/\{x\}/\{y\}\.png",
                "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")],
}  # fmt: skip

# names a file that is not copied, for which static files would be looked through in vain
MAP_COMMENT = re.compile(rb"(//|/\*)# sourceMappingURL=\S+( \*/)?\s*$")


def copy_files(target: Path) -> None:
    for source, name in FILES.items():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.suffix in (".mjs", ".css"):
            destination.write_bytes(MAP_COMMENT.sub(b"", (MODULES / source).read_bytes()))
        else:
            shutil.copyfile(MODULES / source, destination)


def copy_web_forms(target: Path) -> None:
    folder = target / "webforms"
    folder.mkdir(parents=True, exist_ok=True)
    found = {next((MODULES / WEB_FORMS).glob(source)): name for source, name in WEB_FORMS_FILES.items()}
    for path, name in found.items():
        text = path.read_text(encoding="utf-8")
        if name == "webforms.js":
            text, count = TYPEFACES.subn("", text)
            if not count:
                sys.exit(f"{path}: no typeface to leave out; look at config/browser_files.py")
        for pattern, instead in CHANGES.get(name, []):
            text, count = re.subn(pattern, instead, text)
            if count != 1:
                sys.exit(f"{path}: {pattern} stands there {count} times, not once; look at config/browser_files.py")
        for each, stable in found.items():
            text = text.replace(f"./{each.name}", f"./{stable}")
        (folder / name).write_text(CHANGED + text, encoding="utf-8")


def copy_outlines(target: Path) -> None:
    import yaml

    for path in sorted((ROOT / "packs").glob("*/pack.yaml")):
        info = yaml.safe_load(path.read_text(encoding="utf-8"))
        outline = info.get("outline")
        if not outline:
            continue
        source = (MODULES / outline["package"] / outline["file"]).resolve()
        if not source.is_relative_to(MODULES.resolve()) or not source.is_file():
            sys.exit(f"{path}: {outline['package']}/{outline['file']} is not among the browser packages")
        destination = target / "outline" / f"{info['code']}.json"
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, destination)


def convert_fonts(target: Path) -> None:
    from fontTools.ttLib import TTFont

    folder = target / "ttf"
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted((target / "fonts").glob("*.woff2")):
        font = TTFont(source)
        font.flavor = None
        font.save(folder / f"{source.stem}.ttf")


def main(target: Path) -> None:
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    copy_files(fresh)
    copy_web_forms(fresh)
    copy_outlines(fresh)
    convert_fonts(fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        MODULES = Path(sys.argv[2])
    main(Path(sys.argv[1]))
