#!/usr/bin/env node
// Whether the runner that writes CLEW_HEALTH_FILE takes jobs: a heartbeat of it got through to NATS within the time after which the server
// counts it as gone. Status 0 when so; else 1, and why on standard error.
import { readFileSync } from "node:fs";

const SILENT_MS = 15_000;

function fault(file) {
  if (!file) return "CLEW_HEALTH_FILE is not set";
  try {
    const { heartbeatAt } = JSON.parse(readFileSync(file, "utf8"));
    const silentMs = Date.now() - Date.parse(heartbeatAt);
    return silentMs <= SILENT_MS ? null : `no heartbeat has got through since ${heartbeatAt}`;
  } catch (error) {
    return `no heartbeat is known: ${error.message}`;
  }
}

const found = fault(process.env.CLEW_HEALTH_FILE);
if (found !== null) console.error(found);
process.exit(found === null ? 0 : 1);
