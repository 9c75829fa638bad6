import { join } from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../checkout.ts";
import { pluginDirs } from "./plugin-dirs.ts";

const root = checkout();

test("a relative folder is one of where the command was given, since the runner works elsewhere", () => {
  expect(pluginDirs("plugins:plugins/drift:", process.cwd())).toBe(
    `${join(process.cwd(), "plugins")}:${join(process.cwd(), "plugins", "drift")}`,
  );
});

test("the checkout's plugins are hosted where nothing is said", () => {
  expect(pluginDirs(undefined, root)).toBe(join(root, "plugins"));
});

test("a folder that is not there is named", () => {
  expect(() => pluginDirs("plugins:nowhere", root)).toThrow(
    `CLEW_PLUGIN_DIRS names ${join(process.cwd(), "nowhere")}, which is not there`,
  );
});
