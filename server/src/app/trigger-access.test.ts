import { createHmac } from "node:crypto";
import {
  ChangeTriggerDocument,
  CreateTriggerDocument,
  CreateWebhookDocument,
  EndpointDocument,
  FireTriggerDocument,
  SetTriggerStateDocument,
  TriggerDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aPlugin } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { aServedEndpoint, aTrigger, firings, raise } from "../../../test/support/triggers.ts";

let server: TestServer;
let plugin: string;
beforeAll(async () => {
  server = await startTestServer();
  plugin = (await aPlugin(server)).name;
});
afterAll(() => server.stop());

const refusal = async (namespace: string, definition: object, token?: string) => {
  const input = { namespace, name: unique("t"), definition: definition as never };
  const { data, errors } = await server.gql(CreateTriggerDocument, { input }, token);
  const errorsOf = data?.createTrigger.userErrors ?? [];
  return [...errorsOf.map(({ code, path }) => [code, ...path].join(" ")), ...errors.map((e) => e.extensions.code)];
};
const fire = async (trigger: string, token?: string) => {
  const { data, errors } = await server.gql(FireTriggerDocument, { input: { trigger } }, token);
  return data?.fireTrigger.firing?.id ?? data?.fireTrigger.userErrors[0]?.code ?? errors[0]?.extensions.code;
};
const aRunOf = (namespace: string) => ({ run: { namespace, plugin } });

describe("a trigger on git", () => {
  const body = (ref: string, after = "c0ffee".repeat(6) + "c0ff") =>
    JSON.stringify({ ref, after, repository: { full_name: "us/repo" } });
  async function push(trigger: string, secret: string, text: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/hooks/git/${trigger}`, {
      method: "POST",
      body: text,
      headers: {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": crypto.randomUUID(),
        "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`,
        ...headers,
      },
    });
    return { status: response.status, text: await response.text() };
  }

  test("fires for a push to its branches, once for each, and for nobody without the secret", async () => {
    const namespace = unique("triggers");
    const definition = {
      on: { git: { branches: ["main", "release/*"] } },
      do: [aRunOf(namespace)],
      concurrency: "ALLOW",
    };
    const { id, key, secret } = await aTrigger(server, namespace, definition);
    const main = body("refs/heads/main");
    expect(await push(id, secret!, main)).toMatchObject({ status: 202 });
    // Again: GitHub's own second try, and somebody who has seen the first.
    expect(await push(id, secret!, main)).toMatchObject({ status: 202 });
    expect(await push(id, secret!, body("refs/heads/release/1"))).toMatchObject({ status: 202 });
    expect(await push(id, secret!, body("refs/heads/other"))).toMatchObject({ status: 200 });
    expect(await push(id, secret!, body("refs/tags/main"))).toMatchObject({ status: 200 });
    const deleted = JSON.stringify({ ref: "refs/heads/main", after: "0".repeat(40), deleted: true });
    expect(await push(id, secret!, deleted)).toMatchObject({ status: 200 });
    expect(await push(id, secret!, "{}", { "x-github-event": "ping" })).toMatchObject({ status: 200 });
    expect(await push(id, secret!, "{}")).toMatchObject({ status: 400 });
    expect(await push(id, secret!, "x".repeat(1_100_000))).toMatchObject({ status: 413 });
    const wrong = [
      await push(id, "guess", main),
      await push(id, secret!, main, { "x-hub-signature-256": "" }),
      await push("Trigger:00000000000000000000000000000000", secret!, main),
      await push("nonsense", secret!, main),
    ];
    expect(new Set(wrong.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(wrong[0]!.status).toBe(401);
    const found = await firings(server, key, 2);
    expect(found.map(({ cause }) => cause)).toEqual(["push main", "push release/1"]);
    await server.gql(SetTriggerStateDocument, { input: { trigger: id, state: "DISABLED" } });
    expect(await push(id, secret!, body("refs/heads/main", "d".repeat(40)))).toMatchObject({ status: 200 });
    const { ledger } = server.running.server.stores.database;
    for (const { bytes } of await ledger.entries(0, 100_000))
      expect(Buffer.from(bytes).toString()).not.toContain(secret!);
  });
});

describe("a trigger", () => {
  test("needs the roles of its reactions, of whoever makes, changes, enables or fires it", async () => {
    const namespace = unique("triggers");
    const { endpoint } = await aServedEndpoint(server, namespace);
    const contributor = await server.tokenFor({ [namespace]: ["CONTRIBUTOR"] });
    const approver = await server.tokenFor({ [namespace]: ["APPROVER"] });
    const rolls = { on: { hand: {} }, do: [{ rollBack: { endpoint } }] };
    const { webhook } = (await server.gql(CreateWebhookDocument, { input: { namespace, url: "https://example.com" } }))
      .data!.createWebhook;
    const tells = { on: { hand: {} }, do: [{ notify: { webhooks: [webhook], message: "x" } }] };
    expect(await refusal(namespace, rolls, contributor)).toEqual(["FORBIDDEN"]);
    expect(await refusal(namespace, { on: { hand: {} }, do: [aRunOf(unique("other"))] }, approver)).toEqual([
      "FORBIDDEN",
    ]);
    expect(await refusal(namespace, tells, approver)).toEqual(["UNKNOWN_NODE definition do"]);
    expect(await refusal(namespace, tells)).toEqual([]);
    const { id, key } = await aTrigger(server, namespace, rolls, { token: approver });
    expect(await fire(id, contributor)).toBe("FORBIDDEN");
    expect(await fire(id, await server.tokenFor({ [unique("x")]: ["ADMIN"] }))).toBe("UNKNOWN_NODE");
    const change = { trigger: id, definition: rolls as never };
    expect((await server.gql(ChangeTriggerDocument, { input: change }, contributor)).errors).toHaveLength(1);
    const state = { trigger: id, state: "DISABLED" as const };
    expect(
      (await server.gql(SetTriggerStateDocument, { input: state }, contributor)).data?.setTriggerState.userErrors,
    ).toEqual([]);
    const again = await server.gql(SetTriggerStateDocument, { input: { ...state, state: "ENABLED" } }, contributor);
    expect(again.errors).toHaveLength(1);
    const { author } = (await server.gql(TriggerDocument, { key })).data!.trigger!;
    await server.gql(ChangeTriggerDocument, { input: change });
    expect((await server.gql(TriggerDocument, { key })).data!.trigger!.author).not.toEqual(author);
  });

  test.each([
    [{ on: {}, do: [{ ask: {} }] }, "definition on"],
    [{ on: { hand: {}, alert: {} }, do: [{ ask: {} }] }, "definition on"],
    [{ on: { alert: {} }, do: [] }, "definition do"],
    [{ on: { alert: {} }, do: [{ ask: {}, rollBack: { endpoint: "a/b" } }] }, "definition do 0"],
    [{ on: { hand: {} }, do: [{ ask: {} }] }, "definition do 0 ask"],
    [{ on: { cron: { expression: "61 * * * *" } }, do: [{ ask: { about: "a/b" } }] }, "definition on cron expression"],
    [{ on: { cron: { expression: "0 0 6 * * 1" } }, do: [{ ask: { about: "a/b" } }] }, "definition on cron expression"],
    [{ on: { cron: { expression: "0 6 30 2 *" } }, do: [{ ask: { about: "a/b" } }] }, "definition on cron expression"],
    [
      { on: { cron: { expression: "0 6 * * 1", timezone: "Mars" } }, do: [{ ask: { about: "a/b" } }] },
      "definition on cron expression",
    ],
    [
      { on: { hand: {} }, do: [{ run: { namespace: "a", plugin: "b", inputs: { train: "$version" } } }] },
      "definition do 0",
    ],
    [{ on: { alert: {} }, do: [{ mail: {} }] }, "definition do 0"],
    [
      {
        on: { hand: {} },
        do: [{ run: { namespace: "triggers", plugin: "b", parameters: { a: "x".repeat(17_000) } } }],
      },
      "definition",
    ],
  ])("is refused as %j", async (definition, path) => {
    expect((await refusal("triggers", definition))[0]).toBe(`INVALID_INPUT ${path}`);
  });
});

test("a trigger on a thing elsewhere, by its id, needs to read it, and to write there where it asks about it", async () => {
  const [namespace, other] = [unique("triggers"), unique("other")];
  const { endpoint, deployment } = await aServedEndpoint(server, other);
  const about = (await server.gql(EndpointDocument, { key: endpoint })).data!.endpoint!.id;
  const definition = { on: { alert: { about } }, do: [{ ask: {} }] };
  const [blind, reads, writes] = await Promise.all(
    [{}, { [other]: ["VIEWER"] as const }, { [other]: ["CONTRIBUTOR"] as const }].map((more) =>
      server.tokenFor({ [namespace]: ["CONTRIBUTOR"], ...more }),
    ),
  );
  expect(await refusal(namespace, definition, blind)).toEqual(["UNKNOWN_NODE definition"]);
  expect(await refusal(namespace, definition, reads)).toEqual(["FORBIDDEN"]);
  const { key } = await aTrigger(server, namespace, definition, { token: writes! });
  await raise(server, deployment);
  const [firing] = await firings(server, key, 1);
  expect(firing!.reactions[0]).toMatchObject({ error: null, led: expect.stringMatching(/^Alert:/) });
});
