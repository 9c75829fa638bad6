import type { ArrowType } from "../../core/arrows.ts";
import type { Path } from "../../ports/lineage-graph.ts";
import type { GraphTable } from "./graph-table.ts";
import type { Traversal } from "./traversal.ts";
import { arrowTypeOf } from "./walk.ts";

interface Step {
  readonly arrow: ArrowType;
  readonly to: number;
}

/** At most `limit` shortest paths from the start of an upstream traversal to `target`; none when it was not reached. */
export function shortestPaths(table: GraphTable, reached: Traversal, target: number, limit: number): Path[] {
  const depth = reached.scratch.depths[target]! - 1;
  if (depth < 1) return [];
  const steps = stepsTowards(table, reached, target, depth);
  const start = reached.scratch.order.data[0]!;
  const paths: Path[] = [];
  follow(start, [table.ids.at(start)], []);
  return paths;

  function follow(node: number, nodes: readonly string[], arrows: readonly ArrowType[]): void {
    if (arrows.length === depth) return void paths.push({ nodes, arrows });
    for (const { arrow, to } of steps.get(node) ?? []) {
      if (paths.length >= limit) return;
      follow(to, [...nodes, table.ids.at(to)], [...arrows, arrow]);
    }
  }
}

/** For every node on a shortest path its steps along one; every one of them leads to the target. */
function stepsTowards(table: GraphTable, reached: Traversal, target: number, depth: number): Map<number, Step[]> {
  const steps = new Map<number, Step[]>();
  let wanted = new Set([target]);
  for (let layer = depth; layer >= 1; layer--) {
    const nearer = new Set<number>();
    for (const arrow of reached.tiesOf(layer)) {
      const to = table.arrowTo.data[arrow]!;
      if (!wanted.has(to)) continue;
      const from = table.arrowFrom.data[arrow]!;
      nearer.add(from);
      addStep(steps, from, { arrow: arrowTypeOf(table, arrow), to });
    }
    wanted = nearer;
  }
  return steps;
}

/** Two arrows of one type between the same nodes are one step: a path does not tell roles apart. */
function addStep(steps: Map<number, Step[]>, from: number, step: Step): void {
  const known = steps.get(from);
  if (known === undefined) steps.set(from, [step]);
  else if (!known.some(({ arrow, to }) => arrow === step.arrow && to === step.to)) known.push(step);
}
