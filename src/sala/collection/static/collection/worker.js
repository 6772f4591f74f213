// Lets a form that was opened once open again without a line. It stands only before the pages that fill in forms.
// self.SALA = {assets: addresses with the hash of their content, static: their folder, name: of this set of them}
const { assets, folder, name } = self.SALA;
const PAGES = "sala-pages";
const PATIENCE = 6000; // milliseconds a page may take before the kept copy is shown
const ANY = { ignoreVary: true };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(assets)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const each of await caches.keys()) if (each.startsWith("sala-assets-") && each !== name) await caches.delete(each);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(folder) || url.searchParams.has("v")) event.respondWith(keptFirst(request, url.pathname.startsWith(folder) ? name : PAGES));
  else event.respondWith(lineFirst(request));
});

// what never changes under its address
async function keptFirst(request, where) {
  const kept = await caches.match(request, ANY);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(where)).put(request, answer.clone());
  return answer;
}

async function lineFirst(request) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(request, ANY);
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    else if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) await cache.delete(request, ANY);
    return answer;
  });
  if (!kept) return asked;
  const late = new Promise((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([asked.then((answer) => (answer.status >= 502 ? kept : answer)).catch(() => kept), late]);
}
