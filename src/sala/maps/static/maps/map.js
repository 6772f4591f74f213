// The moving map of the explorer. The page says the same without it: this replaces the picture once all is there,
// keeps the address, the list of what is in view and the files to take along in step, and tells what fails on its card.
import { Measure } from "./measure.js";
import { place } from "./coordinates.js";
import { addLayer, addNames, styleOf } from "./style.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const { words } = config;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const state = config.layers.map(({ code, opacity, on }) => ({ code, opacity, on }));
window.__mapIdle = false; // and as data-map="idle" on the page: for those who wait for the finished picture

const spares = navigator.connection;
if (spares && (spares.saveData || /2g/.test(spares.effectiveType || ""))) {
  find("#waiting").hidden = false;
  find("#load").addEventListener("click", () => { find("#waiting").hidden = true; start(); });
} else {
  start();
}

async function start() {
  let library;
  try {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: config.sheet });
    document.head.append(sheet);
    library = await import(config.library);
    library.setWorkerUrl(config.worker);
    const stage = find("#moving");
    stage.hidden = false;
    find("#still").hidden = true;
    show(library, stage);
  } catch (error) {
    find("#moving").hidden = true;
    find("#still").hidden = false;
    find("#told").textContent = words.noMap;
    console.warn(error);
  }
}

function show(library, stage) {
  const [west, south, east, north] = config.box;
  const map = new library.Map({
    container: stage, style: styleOf(config), bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 12 },
    attributionControl: false, fadeDuration: 0, dragRotate: false, pitchWithRotate: false, maxZoom: 18,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    locale: {
      "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut, "Map.Title": words.map,
      "NavigationControl.ResetBearing": words.north,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("load", () => {
    for (const layer of [...config.layers].reverse()) addLayer(map, layer, config);
    for (const layer of [...config.layers].reverse()) addNames(map, layer);
    controls(map);
  });
  map.on("error", ({ sourceId, error }) => {
    const card = sourceId && find(`.card[data-code="${CSS.escape(sourceId)}"] .fault`);
    if (card) { card.textContent = words.failed; card.hidden = false; } else console.warn(error);
  });
  map.on("sourcedata", ({ sourceId, isSourceLoaded }) => {
    const card = isSourceLoaded && find(`.card[data-code="${CSS.escape(sourceId || "")}"] .fault`);
    if (card && map.isSourceLoaded(sourceId) && !map.areTilesLoaded()) card.hidden = true;
  });
  map.on("idle", () => { window.__mapIdle = true; find(".explorer").dataset.map = "idle"; });
  map.on("moveend", () => moved(map));
  map.on("mousemove", ({ lngLat }) => { find("#coordinates").textContent = place(lngLat, words); });
  const measure = new Measure(map, find("#measure"), find("#told"), words, find("#drawn"));
  map.on("click", (event) => {
    find("#coordinates").textContent = place(event.lngLat, words);
    find("#picked").hidden = measure.isOn;
    find("#picked a").search = `?point=${event.lngLat.lat.toFixed(6)},${event.lngLat.lng.toFixed(6)}`;
    if (measure.isOn) measure.add(event.lngLat); else touched(map, event.point);
  });
  window.__map = map;
}

// ---- one feature -------------------------------------------------------------------------------------------------

function touched(map, point) {
  const drawn = config.layers.flatMap(({ code }) => [`${code}-point`, `${code}-line`, `${code}-fill`]).filter((id) => map.getLayer(id));
  const [found] = map.queryRenderedFeatures(point, { layers: drawn });
  if (found) open(found.source, found.id);
}

async function open(code, number) {
  const layer = config.layers.find((each) => each.code === code);
  const panel = find("#feature");
  const answer = await fetch(layer.feature.replace("{number}", number) + "?panel=1");
  if (!answer.ok) return;
  panel.innerHTML = await answer.text();
  const close = Object.assign(document.createElement("button"), { type: "button", className: "second", textContent: words.close });
  close.addEventListener("click", () => { panel.hidden = true; find("#moving canvas").focus(); });
  panel.append(close);
  panel.hidden = false;
  panel.focus();
}

// ---- layers --------------------------------------------------------------------------------------------------------

function controls(map) {
  find("#tools").hidden = false;
  find("#search-box").hidden = false;
  find("#search-layer").addEventListener("input", ({ target }) => {
    const wanted = target.value.trim().toLowerCase();
    for (const row of all("#others li")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  find("#print").addEventListener("click", () => window.print());
  find("#copy").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(location.href); find("#told").textContent = words.copied; }
    catch { find("#told").textContent = `${words.copy} ${location.href}`; }
  });
  find("#in-view").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-layer]");
    if (link) { event.preventDefault(); open(link.dataset.layer, link.dataset.number); }
  });
  for (const card of all(".card")) {
    const entry = state.find(({ code }) => code === card.dataset.code);
    find(".controls", card).hidden = false;
    find(".on", card).addEventListener("change", ({ target }) => { entry.on = target.checked; paint(map, entry); moved(map); });
    find(".opacity", card).addEventListener("input", ({ target }) => { entry.opacity = Number(target.value); paint(map, entry); });
    find(".opacity", card).addEventListener("change", () => remember(map));
    find(".up", card).addEventListener("click", () => shift(map, card, entry, -1));
    find(".down", card).addEventListener("click", () => shift(map, card, entry, 1));
    find(".off", card).addEventListener("click", () => {
      state.splice(state.indexOf(entry), 1);
      for (const id of parts(map, entry.code)) map.removeLayer(id);
      map.removeSource(entry.code);
      card.remove();
      moved(map);
    });
  }
  moved(map);
}

const parts = (map, code) => ["fill", "edge", "line", "point", "label", "picture"].map((kind) => `${code}-${kind}`).filter((id) => map.getLayer(id));

function paint(map, { code, opacity, on }) {
  for (const id of parts(map, code)) {
    map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    const kind = { fill: "fill", edge: "line", line: "line", point: "circle", picture: "raster" }[id.slice(code.length + 1)];
    if (kind) map.setPaintProperty(id, `${kind}-opacity`, opacity / 100);
  }
}

function shift(map, card, entry, by) {
  const from = state.indexOf(entry), to = from + by;
  if (to < 0 || to >= state.length) return;
  state.splice(to, 0, state.splice(from, 1)[0]);
  const cards = all(".card");
  if (by < 0) cards[to].before(card); else cards[to].after(card);
  const drawn = [...state].reverse().flatMap(({ code }) => parts(map, code));
  const isName = (id) => id.endsWith("-label");
  for (const id of [...drawn.filter((each) => !isName(each)), ...drawn.filter(isName)]) map.moveLayer(id);
  find(by < 0 ? ".up" : ".down", card).focus();
  remember(map);
}

// ---- what the page says beside the map -------------------------------------------------------------------------------

function boxOf(map) {
  const box = map.getBounds();
  const within = (number, most) => Math.max(-most, Math.min(most, number)).toFixed(5);
  return [within(box.getWest(), 180), within(box.getSouth(), 90), within(box.getEast(), 180), within(box.getNorth(), 90)].join(",");
}

const told = () => state.map(({ code, opacity, on }) => `${code}:${opacity}:${Number(on)}`).join(",");

function remember(map) {
  const address = new URL(location.href);
  address.searchParams.delete("place");
  address.searchParams.set("layers", told());
  address.searchParams.set("bbox", boxOf(map));
  history.replaceState(null, "", address);
  for (const link of all("a.take")) link.search = `?bbox=${boxOf(map)}`;
  for (const link of all("#others a")) {
    const to = new URL(link.href);
    const added = to.searchParams.get("layers").split(",").at(-1);
    to.searchParams.set("layers", [told(), added].filter(Boolean).join(","));
    to.searchParams.set("bbox", boxOf(map));
    link.href = to;
  }
}

let asked = 0;
async function moved(map) {
  remember(map);
  const mine = ++asked;
  await new Promise((resolve) => setTimeout(resolve, 250));
  if (mine !== asked) return;
  const answer = await fetch(`${config.view}?${new URLSearchParams({ layers: told(), bbox: boxOf(map) })}`);
  if (answer.ok && mine === asked) find("#in-view").innerHTML = await answer.text();
}
