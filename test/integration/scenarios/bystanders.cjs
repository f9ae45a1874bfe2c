/** Somebody else's package, with nothing wrong in it: its registrations stand behind the culprit. */
let buffers = [];
let freed = 0;

const handles = new FinalizationRegistry(function freeBuffer() /* BYSTANDER */ {
  freed++;
});

function openBuffers(count) {
  for (let handle = 1; handle <= count; handle++) {
    const buffer = { handle, name: `buffer ${handle}` };
    handles.register(buffer, handle); /* BYSTANDER_REGISTER */
    buffers.push(buffer);
  }
}

/**
 * From now on the buffers are garbage. Called inside a callback that doesn't return, this makes it
 * certain that all of them wait behind it: in which order V8 serves two registries is not.
 */
function dropBuffers() {
  buffers = [];
}

const countFreed = () => freed;

module.exports = { openBuffers, dropBuffers, countFreed };
