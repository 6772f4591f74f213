"""QGIS without a screen, in the system's own Python: it opens the address of the collections and a downloaded file.

Asked with --full only: `apt-get install --no-install-recommends python3-qgis qgis-providers`.
"""

import json
import os
import subprocess
import urllib.request

import pytest

pytestmark = pytest.mark.full

OPEN = """
import json, sys
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
told = []
for provider, source, box in json.loads(sys.argv[1]):
    layer = QgsVectorLayer(source, "asked", provider)
    if not layer.isValid():
        sys.exit(f"{source}: {layer.error().summary()}")
    request = QgsFeatureRequest(QgsRectangle(*box)) if box else QgsFeatureRequest()
    features = list(layer.getFeatures(request))
    told.append({"count": len(features), "crs": layer.crs().authid(), "fields": [f.name() for f in layer.fields()],
                 "empty": sum(1 for f in features if f.geometry().isEmpty()),
                 "names": [str(f["name_lo"]) for f in features if "name_lo" in f.fields().names()][:3]})
print(json.dumps(told))
"""


def opened(*sources):
    """[{count, crs, fields, empty, names}] of layers that QGIS opened: (provider, source, box or None) each."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", OPEN, json.dumps(sources)], capture_output=True, text=True, timeout=200,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "", "XDG_RUNTIME_DIR": "/tmp"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    return json.loads(done.stdout.splitlines()[-1])


def oapif(served, collection):
    return f"url='{served.url}/ogc/' typename='{collection}' pageSize='50'"


def test_collections_open_by_their_address(served):
    districts = json.loads(urllib.request.urlopen(f"{served.url}/ogc/collections/areas.district/items?limit=1").read())
    cover, areas = opened(
        ("OAPIF", oapif(served, "land-cover.layer"), None), ("OAPIF", oapif(served, "areas.district"), None)
    )
    assert cover["count"] > 0 and cover["empty"] == 0
    assert areas["count"] == districts["numberMatched"] and "name_en" in areas["fields"]
    assert areas["names"] and any("\u0e80" <= letter <= "\u0eff" for letter in areas["names"][0])


def test_a_box_asks_for_less(served):
    every, some = opened(
        ("OAPIF", oapif(served, "areas.district"), None),
        ("OAPIF", oapif(served, "areas.district"), [100.0, 20.0, 100.2, 20.2]),
    )
    assert 0 < some["count"] < every["count"]


def test_a_downloaded_geopackage_opens(served, tmp_path):
    address = f"{served.url}/datasets/land-cover/layer/1/download/gpkg/"
    file = tmp_path / "cover.gpkg"
    file.write_bytes(urllib.request.urlopen(address).read())
    (layer,) = opened(("ogr", str(file), None))
    assert layer["count"] > 0 and layer["crs"] == "EPSG:4326" and layer["empty"] == 0
