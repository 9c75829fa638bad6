import { ensureNatsTrust } from "../adapters/nats/trust.ts";

/** `node nats-trust.ts <folder>`: makes what a NATS of Clew's own trusts, where the folder has none yet. For who starts that NATS. */
const [, , dir] = process.argv;
if (dir === undefined) throw new Error("usage: nats-trust <folder>");
await ensureNatsTrust(dir);
