import { servePlugin } from "@clew/plugin-sdk";
import { plugin } from "./plugin.ts";

await servePlugin(plugin);
