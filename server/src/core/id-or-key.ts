import { z } from "zod";

/** How an input names a node: its id, or its key (namespace/name, and @3, @latest or @alias behind it). */
export const IdOrKey = z.string().min(1).max(400);
