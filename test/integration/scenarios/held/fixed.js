import { announce, collectUntil, stayAlive } from "../program.cjs";

const imageCache = new Map();
let closed = 0;

const images = new FinalizationRegistry(function freeImage(path) {
  closed++;
  if (imageCache.get(path)?.deref() === undefined) imageCache.delete(path);
});

function loadImage(id) {
  const image = { id, pixels: new Array(200).fill(id) };
  const path = `/images/${id}.png`;
  images.register(image, path);
  imageCache.set(path, new WeakRef(image));
  return image;
}

for (let id = 1; id <= 90; id++) loadImage(id);
await collectUntil(() => closed === 90);
announce({ ready: true, registered: 90, live: 0, leaked: 0, closed, cached: imageCache.size });
stayAlive();
