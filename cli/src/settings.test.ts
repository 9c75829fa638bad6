import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UsageError } from "./errors.ts";
import { DEFAULT_URL, readSettings } from "./settings.ts";

describe("readSettings", () => {
  it("lets an option win over the environment, and that over the data folder", () => {
    const dir = mkdtempSync(join(tmpdir(), "clew-settings-"));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, "admin.token"), "from-file\n");
    const env = { CLEW_DATA_DIR: dir };
    expect(readSettings({}, env)).toEqual({ url: DEFAULT_URL, token: "from-file", dataDir: dir });
    expect(readSettings({}, { ...env, CLEW_TOKEN: "from-env" }).token).toBe("from-env");
    expect(readSettings({ token: "from-option" }, { ...env, CLEW_TOKEN: "from-env" }).token).toBe("from-option");
  });

  it("has no token where there is none", () => {
    expect(readSettings({ dataDir: "/no/such/folder" }, {}).token).toBeNull();
  });

  it.each(["http://host:1/graphql", "http://host:1/", "http://host:1", "http://host:1/graphql/"])(
    "takes %s as the same server",
    (url) => expect(readSettings({ url }, {}).url).toBe("http://host:1"),
  );

  it("keeps a path below which the server lies", () => {
    expect(readSettings({ url: "https://host/clew/graphql" }, {}).url).toBe("https://host/clew");
  });

  it.each(["nonsense", "ftp://host"])("refuses %s", (url) => {
    expect(() => readSettings({ url }, {})).toThrow(UsageError);
  });
});
