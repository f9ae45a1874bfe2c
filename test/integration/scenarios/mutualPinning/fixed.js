import { announce, collectUntil, stayAlive } from "../program.cjs";

let closed = 0;

const requests = new FinalizationRegistry(function endRequest(id) {
  closed += id > 0 ? 1 : 0;
});
const responses = new FinalizationRegistry(function endResponse(id) {
  closed += id > 0 ? 1 : 0;
});

function exchange(id) {
  const request = { id, headers: new Array(50).fill(id) };
  const response = { id, body: new Array(50).fill(id) };
  requests.register(request, id);
  responses.register(response, id);
}

for (let id = 1; id <= 30; id++) exchange(id);
await collectUntil(() => closed === 60);
announce({ ready: true, registered: 60, leaked: 0, live: 0, closed });
stayAlive();
