import type { FastifyPluginAsync, FastifyRequest } from "fastify";

/** Of a push; GitHub's own limit is far higher, and nothing of it is kept. */
const BODY_MAX_BYTES = 1024 * 1024;

export interface GitHook {
  readonly trigger: string;
  readonly signature: string;
  readonly event: string;
  readonly delivery: string;
  readonly body: Buffer;
}

/** POST /hooks/git/<trigger>, as GitHub's webhooks do. No token: the signature over the body says who it is. */
export function gitHookRoute(
  take: (hook: GitHook) => Promise<{ readonly status: number; readonly message: string }>,
): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_MAX_BYTES }, (_, body, done) =>
      done(null, body),
    );
    app.post<{ Params: { trigger: string } }>(
      "/hooks/git/:trigger",
      { bodyLimit: BODY_MAX_BYTES },
      async (request, reply) => {
        const { status, message } = await take({
          trigger: request.params.trigger,
          signature: header(request, "x-hub-signature-256"),
          event: header(request, "x-github-event"),
          delivery: header(request, "x-github-delivery"),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        });
        return reply.code(status).send({ message });
      },
    );
  };
}

function header({ headers }: FastifyRequest, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
