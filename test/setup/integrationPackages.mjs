import { ensurePackage } from "./nodeVersions.mjs";

/** Packages that integration tests run or inspect, by name and version. */
export const integrationPackages = [
  ["p-throttle", "7.0.0"],
  ["p-throttle", "8.1.1"],
  ["typescript", "5.9"],
  // Programs that wait, as people write them.
  ["pg-pool", "2.0.6"],
  ["pg", "8.16.3"],
  ["express", "5.1.0"],
  ["undici", "7.16.0"],
  // Chrome DevTools itself, 80 MB: its own worker is what our numbers are compared with.
  ["chrome-devtools-frontend", "1.0.1705227"],
  // A tool for once, with 285 packages: too much to make every contributor install it.
  ["@vscode/vsce", "4.1.0"],
];

export async function ensureIntegrationPackages(say) {
  await Promise.all(
    integrationPackages.map(([name, version]) => ensurePackage(name, version, say)),
  );
}
