// Where a point lies: degrees, and metres in its UTM zone (WGS 84), by the series of Krüger to the fourth order.
const A = 6378137, F = 1 / 298.257223563, K = 0.9996;
const N = F / (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16, (13 * N ** 2) / 48 - (3 * N ** 3) / 5, (61 * N ** 3) / 240];
const RADIANS = Math.PI / 180;

export function utm({ lng, lat }) {
  const zone = Math.min(60, Math.floor((lng + 180) / 6) + 1);
  const away = (lng - (zone * 6 - 183)) * RADIANS, height = lat * RADIANS;
  const root = (2 * Math.sqrt(N)) / (1 + N);
  const t = Math.sinh(Math.atanh(Math.sin(height)) - root * Math.atanh(root * Math.sin(height)));
  const xi = Math.atan2(t, Math.cos(away)), eta = Math.atanh(Math.sin(away) / Math.hypot(1, t));
  let east = eta, north = xi;
  ALPHA.forEach((alpha, order) => {
    const times = 2 * (order + 1);
    east += alpha * Math.cos(times * xi) * Math.sinh(times * eta);
    north += alpha * Math.sin(times * xi) * Math.cosh(times * eta);
  });
  return { zone, hemisphere: lat < 0 ? "S" : "N", east: 500000 + K * RADIUS * east, north: (lat < 0 ? 1e7 : 0) + K * RADIUS * north };
}

export function place(point, words) {
  const metres = utm(point);
  return `${words.latitude} ${point.lat.toFixed(5)}, ${words.longitude} ${point.lng.toFixed(5)} · UTM ${metres.zone}${metres.hemisphere} ${metres.east.toFixed(0)} ${metres.north.toFixed(0)}`;
}
