import { z } from "zod";

/** How one graph is told apart from others in the same database: Community edition has one database only. */
export interface GraphNames {
  /** Label of every node of the graph; its ids are unique under it. */
  readonly node: string;
  /** Name of the position node. */
  readonly graph: string;
}

const GraphName = z.string().regex(/^[A-Za-z0-9_]{1,40}$/, "a graph's name is 1 to 40 letters, digits or _");

/** The label `Node`, or one of its own for a graph that has a name. */
export function namesOf(graph: string | undefined): GraphNames {
  return graph === undefined ? { node: "Node", graph: "lineage" } : { node: `Node_${GraphName.parse(graph)}`, graph };
}
