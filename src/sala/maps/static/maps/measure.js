// Length of a drawn line and area of what it encloses, on a sphere of the earth's mean radius.
const EARTH = 6371008.8; // metres
const RADIANS = Math.PI / 180;

export function lengthOf(points) {
  let sum = 0;
  for (let each = 1; each < points.length; each++) {
    const [from, to] = [points[each - 1], points[each]];
    const up = (to.lat - from.lat) * RADIANS, side = (to.lng - from.lng) * RADIANS;
    const half = Math.sin(up / 2) ** 2 + Math.cos(from.lat * RADIANS) * Math.cos(to.lat * RADIANS) * Math.sin(side / 2) ** 2;
    sum += 2 * EARTH * Math.asin(Math.sqrt(half));
  }
  return sum;
}

export function areaOf(points) {
  let sum = 0;
  points.forEach((from, place) => {
    const to = points[(place + 1) % points.length];
    sum += (to.lng - from.lng) * RADIANS * (2 + Math.sin(from.lat * RADIANS) + Math.sin(to.lat * RADIANS));
  });
  return Math.abs((sum * EARTH * EARTH) / 2);
}

export class Measure {
  // form  asks what lies in the area, once there are three corners
  constructor(map, button, told, words, form) {
    Object.assign(this, { map, button, told, words, form, points: [], isOn: false });
    button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    this.isOn = !this.isOn;
    this.button.setAttribute("aria-pressed", String(this.isOn));
    this.points = [];
    this.draw();
    this.told.textContent = this.isOn ? this.words.measure : "";
  }

  add(point) {
    this.points.push(point);
    this.draw();
    const { words } = this;
    const long = `${words.distance} ${(lengthOf(this.points) / 1000).toFixed(2)} ${words.km}`;
    const wide = this.points.length > 2 ? ` · ${words.area} ${(areaOf(this.points) / 10000).toFixed(1)} ${words.ha}` : "";
    this.told.textContent = long + wide;
  }

  draw() {
    const ring = [...this.points, ...this.points.slice(0, 1)].map(({ lng, lat }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))]);
    this.form.hidden = this.points.length < 3;
    this.form.elements.drawing.value = JSON.stringify({ type: "Polygon", coordinates: [ring] });
    const data = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: this.points.map(({ lng, lat }) => [lng, lat]) } };
    const source = this.map.getSource("measured");
    if (source) return source.setData(data);
    this.map.addSource("measured", { type: "geojson", data });
    this.map.addLayer({ id: "measured", type: "line", source: "measured", paint: { "line-color": "#a4262c", "line-width": 3, "line-dasharray": [2, 1] } });
    this.map.addLayer({ id: "measured-corners", type: "circle", source: "measured", paint: { "circle-color": "#a4262c", "circle-radius": 4 } });
    return undefined;
  }
}
