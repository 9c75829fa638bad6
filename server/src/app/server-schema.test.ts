import { type GraphQLInterfaceType, type GraphQLObjectType, type GraphQLResolveInfo } from "graphql";
import { expect, test } from "vitest";
import { emptySchema } from "./server-schema.ts";

/** A page of a hundred nodes is a thousand fields: one promise more for each is most of its time. */
test("a node's type and what is stored of it are found without a promise, and without a resolver", async () => {
  const schema = await emptySchema();
  const node = schema.getType("Node") as GraphQLInterfaceType;
  expect(node.resolveType?.({ id: "1", type: "Run" }, {}, {} as GraphQLResolveInfo, node)).toBe("Run");
  const stored = { DatasetVersion: ["id", "digest", "rows", "source"], ExternalSource: ["uri"], LineageEdge: ["node"] };
  for (const [type, fields] of Object.entries(stored))
    for (const field of fields)
      expect(
        (schema.getType(type) as GraphQLObjectType).getFields()[field]?.resolve,
        `${type}.${field}`,
      ).toBeUndefined();
});
