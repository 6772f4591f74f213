"""A map of cells asked by GDAL over the line: it reads the windows that it needs, and what it reads is as it was sent."""

import json
import subprocess
import sys

from tests.browser.line import Line

READ = """
import json, os, sys
os.environ["GDAL_DISABLE_READDIR_ON_OPEN"] = "EMPTY_DIR"
import rasterio
from rasterio.windows import Window
with rasterio.open("/vsicurl/" + sys.argv[1]) as map:
    corner = map.read(1, window=Window(0, 0, 64, 64))
    print(json.dumps([map.width, map.height, str(map.crs), corner.shape, float(corner.mean())]))
"""


def test_gdal_reads_a_window_of_a_raster_where_it_lies(served):
    line = Line(served.url)
    address = f"{line.url}/datasets/slope/raster/1.tif"
    told = subprocess.run([sys.executable, "-c", READ, address], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    width, height, system, shape, mean = json.loads(told.stdout)
    assert width > 100 and height > 100 and system and shape == [64, 64] and mean > 0
    assert any("raster/1.tif" in path for path in line.asked)
    line.cut()
