import { openBuffers } from "../bystanders.cjs";
import { announce } from "../program.cjs";

const clock = { ticks: 0 };

/** A healthy program with something to do: another client of its inspector pauses it here. */
function tick() /* CULPRIT */ {
  clock.ticks++;
}

openBuffers(100);
setInterval(tick, 20);
announce({ ready: true, registered: 100 });
