import { defineConfig } from "vitest/config";

const resolve = {
  conditions: ["clew-src"],
  // One copy of graphql: its CommonJS and ESM builds refuse each other's types.
  alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
};
const common = {
  sequence: { shuffle: true },
  testTimeout: 20_000,
  hookTimeout: 60_000,
};

/** fast: no service, under a minute. services: real nats-server, PostgreSQL and Neo4j, started once by the global set-up. */
export default defineConfig({
  ssr: { resolve: { conditions: ["clew-src"] } },
  resolve,
  test: {
    projects: [
      {
        resolve,
        ssr: { resolve: { conditions: ["clew-src"] } },
        oxc: { decorator: { legacy: true } },
        test: {
          ...common,
          name: "fast",
          include: ["{schema,server,cli,runners,plugins,web,tools}/**/*.test.{ts,mjs}"],
        },
      },
      {
        resolve,
        ssr: { resolve: { conditions: ["clew-src"] } },
        oxc: { decorator: { legacy: true } },
        test: {
          ...common,
          name: "services",
          include: ["test/**/*.test.ts"],
          globalSetup: ["test/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 400_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
