const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** `1.72 GB`: decimal units as in Chrome DevTools, three digits that count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 of a unit would be shown as 1000: it belongs to the next one.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
