import { configDefaults, defineConfig } from "vitest/config";

const resolve = {
  conditions: ["clew-src"],
  // One copy of graphql: its CommonJS and ESM builds refuse each other's types.
  alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
};
const common = {
  sequence: { shuffle: true },
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // What is waited for comes, but on a busy machine not within the one second that vitest gives it.
  expect: { poll: { timeout: 10_000 } },
  // On two cores vitest would use one, and much of a test is waiting.
  maxWorkers: 2,
};

/**
 * Need no service, but run real jobs in processes of their own, or wait for real time to pass. Those of the sdk belong together: their
 * helper makes a folder for one file, which needs a module for each.
 */
const SLOW = [
  "plugins/count-rows/count-rows.test.ts",
  "plugins/evaluate-tabular/src/faults.test.ts",
  "plugins/evaluate-tabular/src/plugin.test.ts",
  "plugins/evaluate-tabular/src/several-classes.test.ts",
  "plugins/monitor/src/ab-tests.test.ts",
  "plugins/monitor/src/faults.test.ts",
  "plugins/monitor/src/monitor.test.ts",
  "plugins/monitor/src/plugin.test.ts",
  "plugins/monitor/src/restarts.test.ts",
  "plugins/prepare-tabular/src/faults.test.ts",
  "plugins/prepare-tabular/src/large.test.ts",
  "plugins/prepare-tabular/src/plugin.test.ts",
  "plugins/prepare-tabular/src/prepare.test.ts",
  "plugins/export-model/src/plugin.test.ts",
  "plugins/export-model/src/several-classes.test.ts",
  "plugins/sdk/src/bin.test.ts",
  "plugins/sdk/src/conformance/run-conformance.test.ts",
  "plugins/sdk/src/host/job-bounds.test.ts",
  "plugins/sdk/src/host/load-manifest.test.ts",
  "plugins/sdk/src/host/run-job.test.ts",
  "plugins/sdk/src/scaffold/scaffold-plugin.test.ts",
  "plugins/sdk/src/serve-plugin.test.ts",
  "plugins/score-tabular/src/faults.test.ts",
  "plugins/score-tabular/src/plugin.test.ts",
  "plugins/serve-models/src/serve-onnx.test.ts",
  "plugins/serve-models/src/serve-tabular.test.ts",
  "plugins/serve-models/src/serve-trained.test.ts",
  "plugins/serve-models/src/plugin.test.ts",
  "plugins/serve-models/src/data-schema.test.ts",
  "plugins/tabular/src/evaluation/gates/simulation.test.ts",
  "plugins/train-online/src/faults.test.ts",
  "plugins/train-online/src/plugin.test.ts",
  "plugins/train-online/src/train-online.test.ts",
  "plugins/train-tfjs/src/faults.test.ts",
  "plugins/train-tfjs/src/plugin.test.ts",
  "plugins/train-xgboost/src/boost.test.ts",
  "plugins/train-xgboost/src/faults.test.ts",
  "plugins/train-xgboost/src/plugin.test.ts",
  "plugins/train-xgboost/src/several-classes.test.ts",
  "plugins/validate-tabular/src/faults.test.ts",
  "plugins/validate-tabular/src/large.test.ts",
  "plugins/validate-tabular/src/plugin.test.ts",
  "plugins/validate-tabular/src/rules.test.ts",
  "runners/node/src/prestarted.test.ts",
  "server/src/app/admin-token.test.ts",
  "server/src/app/backup.test.ts",
  "server/src/app/event-streams.test.ts",
  "server/src/app/notifications.test.ts",
  "server/src/app/pipeline-decisions.test.ts",
  "server/src/app/pipeline-watches.test.ts",
  "server/src/app/pipelines.test.ts",
  "server/src/app/roll-back-conflicts.test.ts",
  "server/src/app/slow-subscribers.test.ts",
  "server/src/app/trigger-alerts.test.ts",
  "server/src/app/triggers.test.ts",
  "server/src/app/webhooks.test.ts",
  "server/src/app/wide-tables.test.ts",
  "server/src/app/webhooks-restart.test.ts",
];

/**
 * fast: no service, under a minute. slow: no service either. services: real nats-server, PostgreSQL and Neo4j, started once by the global
 * set-up.
 */
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
          include: ["{schema,server,cli,runners,plugins,web,tools,docker}/**/*.test.{ts,mjs}"],
          exclude: [...configDefaults.exclude, ...SLOW],
          // Modules keep no state, so that files may share them: loading the server for each file took four fifths of the time.
          isolate: false,
          sequence: { ...common.sequence, groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr: { resolve: { conditions: ["clew-src"] } },
        oxc: { decorator: { legacy: true } },
        test: {
          ...common,
          name: "slow",
          include: SLOW,
          sequence: { ...common.sequence, groupOrder: 2 },
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr: { resolve: { conditions: ["clew-src"] } },
        oxc: { decorator: { legacy: true } },
        test: {
          ...common,
          name: "services",
          sequence: { ...common.sequence, groupOrder: 3 },
          include: ["test/**/*.test.ts"],
          globalSetup: ["test/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
});
