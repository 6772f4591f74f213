"""The whole trip with QGIS itself, without a screen: its style, its locked columns, its edits, and what comes back of them.

Asked with --full only: `apt-get install --no-install-recommends python3-qgis qgis-providers`.
"""

import json
import os
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.concessions.models import AreaReturn
from sala.concessions.queries.returned import compare, said_of

from .conftest import square

pytestmark = [pytest.mark.django_db, pytest.mark.full]

EDIT = """
import json, sys
from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(f"{sys.argv[1]}|layername=areas", "areas", "ogr")
if not layer.isValid():
    sys.exit(layer.error().summary())
look = layer.renderer()
told = {"crs": layer.crs().authid(), "count": layer.featureCount(), "look": look.type(),
        "classes": [c.value() for c in look.categories()] if look.type() == "categorizedSymbol" else [],
        "locked": [f.name() for i, f in enumerate(layer.fields()) if layer.editFormConfig().readOnly(i)]}
layer.startEditing()
for feature in layer.getFeatures():
    if feature["purpose"] == "granted":
        layer.changeGeometry(feature.id(), QgsGeometry.fromWkt(sys.argv[2]))
    else:
        layer.deleteFeature(feature.id())
new = QgsFeature(layer.fields())
new.setGeometry(QgsGeometry.fromWkt(sys.argv[3]))
new["reference"], new["purpose"], new["accuracy"] = sys.argv[4], "disputed", "imagery"
layer.addFeature(new)
told["saved"] = layer.commitChanges()
print(json.dumps(told))
"""


def test_qgis_shows_the_style_and_its_edits_come_back_one_by_one(cast, visit, granted, drawn, tmp_path):
    made = granted()
    area, gone = drawn(made), drawn(made, square(100.3), purpose="requested")
    file = tmp_path / "areas.gpkg"
    file.write_bytes(b"".join(visit("district").post("/concessions/qgis/take/").streaming_content))
    done = subprocess.run(
        ["/usr/bin/python3", "-c", EDIT, str(file), f"MULTI{square(degrees=0.02).wkt.replace('((', '(((').replace('))', ')))')}",
         f"MULTI{square(100.5).wkt.replace('((', '(((').replace('))', ')))')}", made.reference],
        capture_output=True, text=True, timeout=200,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "", "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["crs"] == "EPSG:4326" and told["count"] == 2 and told["saved"] and told["look"] == "categorizedSymbol"
    assert {"granted", "implementation", "requested"} <= set(told["classes"])
    assert {"area_id", "loan", "version"} <= set(told["locked"]) and not {"purpose", "reference"} & set(told["locked"])
    answer = visit("district").post(
        "/concessions/qgis/bring/", {"file": SimpleUploadedFile("areas.gpkg", file.read_bytes())}
    )
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    rows = list(AreaReturn.objects.get().features.all())
    found = {each.outcome.value: each for each in compare(cast.actor("district"), [said_of(row) for row in rows])}
    assert set(found) == {"changed", "new", "missing"} and found["missing"].base == gone
    assert found["changed"].base == area and 340 < found["changed"].difference < 350
    assert found["new"].purpose == "disputed" and found["new"].concession == made
