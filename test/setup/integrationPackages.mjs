import { ensurePackage } from "./nodeVersions.mjs";

/** Real packages that integration tests run, by name and version. */
export const integrationPackages = [
  ["p-throttle", "7.0.0"],
  ["p-throttle", "8.1.1"],
  ["typescript", "5.9"],
];

export async function ensureIntegrationPackages(say) {
  await Promise.all(
    integrationPackages.map(([name, version]) => ensurePackage(name, version, say)),
  );
}
