// How layers are drawn: sources, paint and labels in the map library's style language.
const FONT = ["Noto Sans Lao"];

export function styleOf({ fonts, ground }) {
  const style = {
    version: 8, "font-faces": { [FONT[0]]: fonts }, sources: {},
    layers: [{ id: "paper", type: "background", paint: { "background-color": "#ffffff" } }],
  };
  if (ground.length) {
    const features = ground.map((geometry) => ({ type: "Feature", properties: {}, geometry }));
    style.sources.ground = { type: "geojson", data: { type: "FeatureCollection", features } };
    style.layers.push(
      { id: "ground", type: "fill", source: "ground", paint: { "fill-color": "#f6f8f7" } },
      { id: "ground-edge", type: "line", source: "ground", paint: { "line-color": "#9aa8a4", "line-width": 1 } },
    );
  }
  return style;
}

const is = (...kinds) => ["match", ["geometry-type"], kinds, true, false];

// Adds one layer on top of those that are there. Each has its own source, so that one that fails stops no other.
export function addLayer(map, layer, { outline }) {
  const { code, opacity, on } = layer;
  if (layer.empty) return;
  const bounds = layer.bounds ? { bounds: layer.bounds } : {};
  const layout = { visibility: on ? "visible" : "none" };
  const share = opacity / 100;
  const tiles = [new URL(layer.tiles, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")];
  if (layer.kind === "raster") {
    map.addSource(code, { type: "raster", tiles, tileSize: 256, minzoom: layer.minzoom, maxzoom: layer.maxzoom, ...bounds });
    map.addLayer({ id: `${code}-picture`, type: "raster", source: code, layout, paint: { "raster-opacity": share } });
    return;
  }
  map.addSource(code, { type: "vector", tiles, minzoom: layer.minzoom, maxzoom: layer.maxzoom, ...bounds });
  const from = { source: code, "source-layer": code, layout };
  map.addLayer({ id: `${code}-fill`, type: "fill", filter: is("Polygon", "MultiPolygon"), ...from, paint: { "fill-color": layer.colour, "fill-opacity": layer.hollow ? 0 : share } });
  map.addLayer({ id: `${code}-edge`, type: "line", filter: is("Polygon", "MultiPolygon"), ...from, paint: { "line-color": layer.hollow ? layer.colour : outline, "line-width": layer.hollow ? 2 : 0.7, "line-opacity": share } });
  map.addLayer({ id: `${code}-line`, type: "line", filter: is("LineString", "MultiLineString"), ...from, paint: { "line-color": layer.colour, "line-width": 2, "line-opacity": share } });
  map.addLayer({ id: `${code}-point`, type: "circle", filter: is("Point", "MultiPoint"), ...from, paint: { "circle-color": layer.colour, "circle-radius": 5, "circle-stroke-color": outline, "circle-stroke-width": 1, "circle-opacity": share } });
}

// Names lie above all shapes, and stay black when their layer is let through.
export function addNames(map, { code, on, label, labels, empty }) {
  if (!label || empty) return;
  map.addLayer({
    id: `${code}-label`, type: "symbol", source: code, "source-layer": labels || code,
    layout: { visibility: on ? "visible" : "none", "text-field": ["to-string", ["get", label]], "text-font": FONT, "text-size": 13, "text-max-width": 8, "text-padding": 4,
      "text-anchor": labels ? "center" : ["case", is("Point", "MultiPoint"), "top", "center"],
      "text-offset": labels ? [0, 0] : ["case", is("Point", "MultiPoint"), ["literal", [0, 0.5]], ["literal", [0, 0]]] },
    paint: { "text-color": "#14211f", "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
  });
}
