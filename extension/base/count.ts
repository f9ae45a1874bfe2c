const grouped = new Intl.NumberFormat("en-US");

/** `5,000`. */
export const formatCount = (count: number): string => grouped.format(count);

/** `1 registration`, `5,000 registrations`, `2 registries`. */
export function formatCountOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
