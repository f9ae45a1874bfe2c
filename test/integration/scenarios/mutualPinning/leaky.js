import { countFreed, dropBuffers, openBuffers } from "../bystanders.cjs";
import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const requests = new FinalizationRegistry(function endRequest(response) /* CALLBACK */ {
  closed += response.id > 0 ? 1 : 0;
});
const responses = new FinalizationRegistry(function endResponse(request) /* CALLBACK */ {
  closed += request.id > 0 ? 1 : 0;
});

/** Neither registration holds its own target; each holds the other's. */
function exchange(id) {
  const request = { id, headers: new Array(50).fill(id) };
  const response = { id, body: new Array(50).fill(id) };
  requests.register(request, response); /* REGISTER */
  responses.register(response, request); /* REGISTER */
}

for (let id = 1; id <= 30; id++) exchange(id);
openBuffers(20);
dropBuffers();
await collectUntil(() => countFreed() === 20);
announce({ ready: true, registered: 60, leaked: 60, leakedEach: 30, live: 0, closed });
stayAlive();
