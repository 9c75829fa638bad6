import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const LEAST = {
  CLEW_NATS_URL: "nats://127.0.0.1:4222",
  CLEW_SERVER_URL: "http://127.0.0.1:4000",
  CLEW_RUNNER_ID: `Runner:${"0".repeat(32)}`,
  CLEW_RUNNER_TOKEN: "a-token",
  CLEW_PLUGIN_DIRS: "/plugins/a:/plugins/b",
  CLEW_WORK_DIR: "/var/lib/clew",
};

test("what is left out, or empty, has its default", () => {
  const config = readConfig({ ...LEAST, CLEW_POOL: "" });
  expect(config).toMatchObject({
    natsPrefix: "clew",
    pool: "default",
    slots: 1,
    drainMs: 60_000,
    prestartMs: 300_000,
    natsToken: null,
    natsCredsFile: null,
  });
  expect(config.pluginDirs).toEqual(["/plugins/a", "/plugins/b"]);
});

test("CLEW_SECRET_<NAME> is the jobs' variable <NAME>; nothing else of the environment is", () => {
  expect(readConfig({ ...LEAST, CLEW_SECRET_DB_PASSWORD: "hunter22", OTHER: "x" }).secrets).toEqual({
    DB_PASSWORD: "hunter22",
  });
});

test("every variable at fault is named at once", () => {
  const { CLEW_RUNNER_TOKEN: _, ...without } = LEAST;
  const read = () => readConfig({ ...without, CLEW_SLOTS: "0", CLEW_SERVER_URL: "ftp://x" });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/CLEW_RUNNER_TOKEN is not set/);
  expect(read).toThrow(/CLEW_SLOTS/);
  expect(read).toThrow(/CLEW_SERVER_URL/);
});

test("the runner's id is a Runner's", () => {
  expect(() => readConfig({ ...LEAST, CLEW_RUNNER_ID: `Run:${"0".repeat(32)}` })).toThrow(/CLEW_RUNNER_ID/);
});
