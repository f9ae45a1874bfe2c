import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/setup/integrationSetup.mjs"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // `npm test` names at its end what passed only at its second try: a loaded machine, or a fault to look for.
          retry: 1,
          // Timings and SIGUSR1's shared port 9229 are part of what is tested: one file at a time.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.e2e.ts"],
          globalSetup: ["test/build/editor/e2eSetup.ts"],
          // One deadline for each step: what it takes when all goes well is measured elsewhere.
          testTimeout: 600_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000, interval: 100 } },
          // In an editor of its own. `npm test` names at its end what passed only so.
          retry: 1,
          // An editor and its browser are enough for two cores.
          fileParallelism: false,
        },
      },
    ],
  },
});
