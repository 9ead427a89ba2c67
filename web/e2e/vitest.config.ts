import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*.test.ts"],
    // One browser and one stack: what one test does to a user's log another would see.
    fileParallelism: false,
    // On two slow cores, with every function started for the first time.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
