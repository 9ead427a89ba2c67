import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "app/src/**/*.test.ts"],
    // A machine that builds something else at the same time is slow, not broken.
    testTimeout: 30_000,
  },
});
