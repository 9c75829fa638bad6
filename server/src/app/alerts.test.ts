import {
  AcknowledgeAlertDocument,
  AlertsDocument,
  LineageDocument,
  RaiseAlertDocument,
  type RaiseAlertInput,
  ResolveAlertDocument,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aModel } from "../../../test/support/builders.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function raise(input: Partial<RaiseAlertInput> & { about: string }, token?: string) {
  const given = { cause: "drift:temp", message: "temp has moved", ...input };
  const { data, errors } = await server.gql(RaiseAlertDocument, { input: given }, token);
  const codes = [
    ...(data?.raiseAlert.userErrors ?? []).map(({ code }) => code),
    ...errors.map((e) => e.extensions.code),
  ];
  return { alert: data?.raiseAlert.alert, codes };
}
const close = async (alert: string) =>
  (await server.gql(ResolveAlertDocument, { input: { alert, resolution: "retrained" } })).data?.resolveAlert;

describe("an alert", () => {
  test("gathers what is told of the same cause, until it is resolved", async () => {
    const { id: about, namespace } = await aModel(server, { namespace: unique("alerts") });
    const first = (await raise({ about })).alert!;
    expect(first).toMatchObject({ state: "OPEN", severity: "WARNING", episode: 1, occurrences: 1, namespace });
    await raise({ about, severity: "CRITICAL", message: "temp has moved further" });
    const third = (await raise({ about })).alert!;
    expect(third).toMatchObject({ id: first.id, occurrences: 3, severity: "CRITICAL", message: "temp has moved" });
    expect((await raise({ about, cause: "drift:wind" })).alert?.id).not.toBe(first.id);

    await server.gql(AcknowledgeAlertDocument, { input: { alert: first.id } });
    expect((await raise({ about })).alert).toMatchObject({ id: first.id, state: "ACKNOWLEDGED", occurrences: 4 });
    expect((await close(first.id))?.alert).toMatchObject({ state: "RESOLVED", resolution: "retrained" });
    expect((await close(first.id))?.userErrors[0]?.code).toBe("STATE_CONFLICT");
    const again = (await raise({ about })).alert!;
    expect(again).toMatchObject({ episode: 2, occurrences: 1, state: "OPEN" });
    expect(again.id).not.toBe(first.id);

    const open = await server.gql(AlertsDocument, { namespace, states: ["OPEN"] });
    expect(open.data?.alerts.nodes.map(({ name }) => name).sort()).toEqual(["drift:temp", "drift:wind"]);
    const down = await server.gql(LineageDocument, { node: about, direction: "DOWNSTREAM", follow: ["SUBJECT"] });
    expect(down.data?.lineage.edges).toHaveLength(3);
  });

  test("is one, however many tell of it at once", async () => {
    const { id: about } = await aModel(server);
    const told = await Promise.all(Array.from({ length: 8 }, () => raise({ about })));
    expect(new Set(told.map(({ alert }) => alert?.id)).size).toBe(1);
    expect(Math.max(...told.map(({ alert }) => alert!.occurrences))).toBe(8);
  });

  test("is refused of what is not there, and to who may not write there", async () => {
    const { id: about, namespace } = await aModel(server);
    expect((await raise({ about: "nobody/m@1" })).codes).toEqual(["UNKNOWN_NODE"]);
    expect((await raise({ about, evidence: ["Report:00000000000000000000000000000000"] })).codes).toEqual([
      "UNKNOWN_NODE",
    ]);
    expect((await raise({ about, evidence: [(await aDataset(server)).id] })).codes).toEqual(["WRONG_TYPE"]);
    expect((await raise({ about, cause: "a\u0007" })).codes).toEqual(["INVALID_INPUT"]);
    expect((await raise({ about }, await server.tokenFor({ [namespace]: ["VIEWER"] }))).codes).toEqual(["FORBIDDEN"]);
    expect((await raise({ about }, await server.tokenFor({ [unique("x")]: ["ADMIN"] }))).codes).toEqual([
      "UNKNOWN_NODE",
    ]);
  });
});
