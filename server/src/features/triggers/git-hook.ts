import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { NodeId, typeOfId } from "@clew/schema";
import { z } from "zod";
import { nodeOf } from "../../core/define-node.ts";
import type { Recorder } from "../../ledger/recorder.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { WebhookSecrets } from "../webhooks/index.ts";
import { fireCommand, type Occasion } from "./fire-trigger.ts";
import { Trigger } from "./trigger.node.ts";
import { isLike, TriggerDefinition } from "./trigger-definition.ts";

export interface GitHookParts {
  readonly reader: NodeReader;
  readonly recorder: Pick<Recorder, "record">;
  readonly secrets: WebhookSecrets;
}

export interface GitHookRequest {
  readonly trigger: string;
  /** GitHub's X-Hub-Signature-256, X-GitHub-Event and X-GitHub-Delivery; empty where they are missing. */
  readonly signature: string;
  readonly event: string;
  readonly delivery: string;
  readonly body: Buffer;
}

export interface GitHookAnswer {
  readonly status: 200 | 202 | 400 | 401;
  readonly message: string;
}

/** What of a push's payload counts. */
const Push = z.object({
  ref: z.string().min(1).max(500),
  after: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  deleted: z.boolean().default(false),
  repository: z.object({ full_name: z.string().max(300) }).optional(),
});
type Push = z.infer<typeof Push>;

const DELIVERY = /^[0-9A-Za-z-]{1,100}$/;

/** Takes GitHub's word of a push, signed with the trigger's secret. What is unknown and what is badly signed look the same. */
export async function takeGitHook(parts: GitHookParts, request: GitHookRequest): Promise<GitHookAnswer> {
  const { trigger: id, event, delivery, body } = request;
  // Known ids have a secret, and so have others: the time that it takes tells nothing.
  if (!isSigned(parts.secrets.of(id), request)) return UNSIGNED;
  const [state] = NodeId.safeParse(id).success ? await parts.reader.byIds([id]) : [];
  if (state === undefined || typeOfId(id) !== Trigger.name) return UNSIGNED;
  const trigger = nodeOf(Trigger, state);
  const { git } = TriggerDefinition.parse(trigger.definition).on;
  if (!git) return { status: 400, message: "this trigger is not on git" };
  if (event === "ping") return { status: 200, message: "pong" };
  if (event !== "push") return { status: 200, message: `nothing is done on ${event || "no event"}` };
  const push = Push.safeParse(jsonOf(body));
  if (!push.success || !DELIVERY.test(delivery)) return { status: 400, message: "no push, or no X-GitHub-Delivery" };
  const branch = /^refs\/heads\/(.+)$/s.exec(push.data.ref)?.[1];
  if (branch === undefined || push.data.deleted || !git.branches.some((glob) => isLike(branch, glob)))
    return { status: 200, message: `nothing is done on ${push.data.ref}` };
  if (trigger.state === "DISABLED") return { status: 200, message: "the trigger is disabled" };
  await parts.recorder.record(fireCommand(id, pushed(push.data, branch, delivery, body)));
  return { status: 202, message: "taken" };
}

const UNSIGNED: GitHookAnswer = { status: 401, message: "no such trigger, or not signed with its secret" };

/** HMAC-SHA256 over the body as it came, compared in constant time. */
function isSigned(secret: string, { signature, body }: GitHookRequest): boolean {
  const right = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The delivery's id is not signed, so what is: the same body again, under whatever id, is the same push. */
function pushed({ after, repository }: Push, branch: string, delivery: string, body: Buffer): Occasion {
  const where = repository ? ` of ${repository.full_name}` : "";
  return {
    text: `push ${createHash("sha256").update(body).digest("hex")}`,
    cause: `push ${branch}`.slice(0, 600),
    message: `push of ${after} to ${branch}${where}, delivery ${delivery}`,
    about: null,
    alert: null,
    causedBy: [],
    values: { $commit: after, $branch: branch.slice(0, 600) },
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
