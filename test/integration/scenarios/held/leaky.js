import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const images = new FinalizationRegistry(function freeImage() /* CALLBACK */ {
  closed++;
});
const imageCache = new Map();

function loadImage(id) {
  const image = { id, pixels: new Array(200).fill(id) };
  images.register(image, id); /* REGISTER */
  imageCache.set(`/images/${id}.png`, image);
  return image;
}

for (let id = 1; id <= 90; id++) loadImage(id);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 90, live: imageCache.size, leaked: 90, closed });
stayAlive();
