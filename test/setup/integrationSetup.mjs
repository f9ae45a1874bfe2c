import { ensureIntegrationPackages } from "./integrationPackages.mjs";
import { ensureNodeVersions } from "./nodeVersions.mjs";

/** Runs before the integration tests, also when a person starts a single one of them. */
export async function setup() {
  await Promise.all([ensureNodeVersions(), ensureIntegrationPackages()]);
}
