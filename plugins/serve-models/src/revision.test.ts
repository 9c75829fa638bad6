import type { LocalDeployment, LocalServedModel } from "@clew/plugin-sdk";
import type { InputSpec, TensorSpec } from "@clew/plugin-models";
import { describe, expect, test } from "vitest";
import { Revisions } from "./revision.ts";

const HOUR = { name: "hour", datatype: "INT64", width: 1, takesMissing: true } as const;
const ANSWER = { name: "probability", datatype: "FP64", width: 1 } as const;

interface Given {
  readonly inputs?: readonly InputSpec[];
  readonly outputs?: readonly TensorSpec[];
}

/** Revisions of models by their names; `loaded` and `disposed` are the names in order. */
function someRevisions(models: Readonly<Record<string, Given>> = {}) {
  const [loaded, disposed]: string[][] = [[], []];
  const revisions = new Revisions(async ({ model: { id } }) => {
    if (id === "broken") throw new Error("it cannot be read");
    loaded!.push(id);
    const { inputs = [HOUR], outputs = [ANSWER] } = models[id] ?? {};
    const dispose = () => void disposed!.push(id);
    return { model: { platform: "test", inputs, outputs, predict: async (batch) => batch, dispose }, check: null };
  });
  return { revisions, loaded: loaded!, disposed: disposed! };
}

function aDeployment(...served: (string | Partial<LocalServedModel & { id: string }>)[]): LocalDeployment {
  const serves = served.map((one) => {
    const { id, ...given } = typeof one === "string" ? { id: one } : one;
    return { model: { id, key: `tests/${id}@1` }, weight: 100, mode: "LIVE", isSuspended: false, ...given };
  });
  return { id: "Deployment:1", key: "tests/delay@1", serves } as unknown as LocalDeployment;
}

describe("a model", () => {
  test("is loaded once for all revisions that serve it, and let go when the last request of the last one is answered", async () => {
    const { revisions, loaded, disposed } = someRevisions();
    const first = await revisions.take(aDeployment("a", "b"));
    const answered = first.hold();
    const second = await revisions.take(aDeployment("b", "c"));
    expect(loaded).toEqual(["a", "b", "c"]);
    expect(disposed).toEqual([]);
    answered();
    expect(disposed).toEqual(["a"]);
    expect(revisions.current).toBe(second);
    await revisions.take(aDeployment("d"));
    expect(disposed).toEqual(["a", "b", "c"]);
  });

  test("of a revision that cannot be served is let go, and the revision before stays", async () => {
    const { revisions, disposed } = someRevisions();
    const first = await revisions.take(aDeployment("a"));
    await expect(revisions.take(aDeployment("a", "b", "broken"))).rejects.toThrow("it cannot be read");
    expect(disposed).toEqual(["b"]);
    expect(revisions.current).toBe(first);
  });
});

describe("live models", () => {
  test.each<[string, Given]>([
    ["other inputs", { inputs: [{ ...HOUR, name: "minute" }] }],
    ["an input of another datatype", { inputs: [{ ...HOUR, datatype: "FP64" }] }],
    ["more inputs", { inputs: [HOUR, { ...HOUR, name: "load" }] }],
    ["other outputs", { outputs: [{ ...ANSWER, width: 2 }] }],
  ])("with %s do not share the traffic, and may be shadows", async (_, other) => {
    const { revisions } = someRevisions({ other });
    const refused = revisions.take(aDeployment("a", "other"));
    await expect(refused).rejects.toThrow("tests/other@1 has not the inputs, outputs and classes of tests/a@1");
    const { shadows } = await revisions.take(aDeployment("a", { id: "other", mode: "SHADOW" }));
    expect(shadows.map(({ id }) => id)).toEqual(["other"]);
  });

  test("that are suspended answer nothing, and no shadow sees anything then", async () => {
    const { revisions } = someRevisions();
    const suspended = { isSuspended: true } as const;
    const shadow = { id: "c", mode: "SHADOW", ...suspended } as const;
    const revision = await revisions.take(aDeployment({ id: "a", ...suspended }, "b", shadow));
    expect(revision.answering.map(({ id }) => id)).toEqual(["b"]);
    expect(revision.shadows).toEqual([]);
  });
});
