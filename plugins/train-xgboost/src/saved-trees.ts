import type { BoosterTree } from "@clew/plugin-tabular";

/** Sizes in bytes of what XGBoost 0.7 writes, little-endian, before and in its trees (include/xgboost/tree_model.h and others). */
const LEARNER_SIZE = 136;
const GBTREE_SIZE = 160;
const TREE_SIZE = 148;
const NODE_SIZE = 20;
const STATISTICS_SIZE = 16;

/**
 * The trees of a model as XGBoost 0.7 saves it, without the first ones.
 * @param skipped how many
 */
export function savedTrees(bytes: Uint8Array, skipped: number): BoosterTree[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Two names follow, each after its length in 64 bits: of the objective and of the booster.
  let at = afterText(view, afterText(view, LEARNER_SIZE));
  const count = view.getInt32(at, true);
  at += GBTREE_SIZE;
  const trees: BoosterTree[] = [];
  for (let tree = 0; tree < count; tree++) {
    const nodes = view.getInt32(at + 4, true);
    const start = at + TREE_SIZE;
    if (tree >= skipped) trees.push(treeAt(view, start, nodes));
    at = start + nodes * (NODE_SIZE + STATISTICS_SIZE);
  }
  return trees;
}

function afterText(view: DataView, at: number): number {
  return at + 8 + Number(view.getBigUint64(at, true));
}

/** Its nodes, without those that pruning has cut off, numbered anew so that children come after their parents. */
function treeAt(view: DataView, start: number, nodes: number): BoosterTree {
  const left = (node: number) => view.getInt32(start + node * NODE_SIZE + 4, true);
  const right = (node: number) => view.getInt32(start + node * NODE_SIZE + 8, true);
  const split = (node: number) => view.getUint32(start + node * NODE_SIZE + 12, true);
  const statistic = (node: number, place: number) => {
    return view.getFloat32(start + nodes * NODE_SIZE + node * STATISTICS_SIZE + place * 4, true);
  };
  const order = [0];
  for (const node of order) if (left(node) !== -1) order.push(left(node), right(node));
  const places = new Map(order.map((node, place) => [node, place]));
  const child = (node: number) => (node === -1 ? -1 : places.get(node)!);
  return {
    left_children: order.map((node) => child(left(node))),
    right_children: order.map((node) => child(right(node))),
    // The highest bit says where a missing value goes.
    split_indices: order.map((node) => (left(node) === -1 ? 0 : split(node) & 0x7fffffff)),
    split_conditions: order.map((node) => view.getFloat32(start + node * NODE_SIZE + 16, true)),
    default_left: order.map((node) => (left(node) === -1 ? 0 : split(node) >>> 31)),
    loss_changes: order.map((node) => statistic(node, 0)),
    sum_hessian: order.map((node) => statistic(node, 1)),
    base_weights: order.map((node) => statistic(node, 2)),
  };
}
