const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `850 ms`, `3.2 s`, `3 min 12 s`, `2 h 5 min`, `4 d 3 h`: never more than two units. */
export function formatDuration(elapsedMs: number): string {
  // Rounds down, so that an age is never shown as more than was measured.
  if (elapsedMs < secondMs) return `${Math.floor(elapsedMs)} ms`;
  if (elapsedMs < 10 * secondMs) return `${(Math.floor(elapsedMs / 100) / 10).toFixed(1)} s`;
  if (elapsedMs < minuteMs) return `${Math.floor(elapsedMs / secondMs)} s`;
  if (elapsedMs < hourMs) return twoUnits(elapsedMs, minuteMs, "min", secondMs, "s");
  if (elapsedMs < dayMs) return twoUnits(elapsedMs, hourMs, "h", minuteMs, "min");
  return twoUnits(elapsedMs, dayMs, "d", hourMs, "h");
}

function twoUnits(
  elapsedMs: number,
  largeMs: number,
  large: string,
  smallMs: number,
  small: string,
): string {
  const rest = Math.floor((elapsedMs % largeMs) / smallMs);
  const whole = `${Math.floor(elapsedMs / largeMs)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
