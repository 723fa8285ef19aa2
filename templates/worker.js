{# The service worker. Expects: page and style (addresses). #}
// Keeps one page for a moment without a connection. It never keeps a page of anybody's.
const KEPT = "offline {{ style|escapejs }}";
const PAGE = "{{ page|escapejs }}";
self.addEventListener("install", (event) => {
  const kept = caches.open(KEPT).then((cache) => cache.addAll([PAGE, "{{ style|escapejs }}"]));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const older = caches.keys().then((names) => names.filter((name) => name !== KEPT));
  event.waitUntil(older.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (request.destination === "style") {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
