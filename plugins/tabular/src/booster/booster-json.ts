import { z } from "zod";
import { MAX_CLASSES } from "../classes.ts";
import type { Booster, BoosterTree } from "./booster.ts";

/** The version of XGBoost whose JSON is written; every later one reads it. */
const VERSION = [1, 7, 6];

const Numbers = z.array(z.number());
const Whole = z.array(z.number().int());

/** XGBoost writes few digits, which are enough for the number in single precision that is meant. */
const Single = z.array(z.number().transform(Math.fround));

const Tree = z
  .object({
    left_children: Whole.min(1),
    right_children: Whole,
    split_indices: Whole,
    split_conditions: Single,
    default_left: z.array(z.union([z.boolean(), z.number()]).transform(Number)),
    split_type: Whole,
    loss_changes: Numbers,
    sum_hessian: Numbers,
    base_weights: Numbers,
  })
  .refine(({ split_type: types }) => types.every((type) => type === 0), "has categorical splits, which are not read")
  .refine(isWhole, "is no tree: its arrays differ in length, or a child does not come after its parent");

function isWhole(tree: BoosterTree): boolean {
  const nodes = tree.left_children.length;
  if (Object.values(tree).some((values: readonly unknown[]) => values.length !== nodes)) return false;
  const isBelow = (child: number, parent: number) => child > parent && child < nodes;
  return tree.left_children.every((left, node) => {
    return left === -1 || (isBelow(left, node) && isBelow(tree.right_children[node]!, node));
  });
}

/** `5E-1`, in newer versions `[5E-1]`, and once for each class. */
const OneNumber = z
  .string()
  .transform((text) => [
    ...new Set(
      text
        .replace(/^\[(.*)\]$/, "$1")
        .split(",")
        .map(Number),
    ),
  ])
  .refine((numbers) => numbers.length === 1, "is another number for each class, which is not read")
  .transform(([number]) => number!)
  .pipe(z.number());

const Document = z.object({
  learner: z.object({
    gradient_booster: z.object({
      name: z.literal("gbtree"),
      model: z.object({ trees: z.array(Tree), tree_info: Whole }),
    }),
    learner_model_param: z.object({
      base_score: OneNumber,
      num_class: OneNumber.pipe(z.number().int().min(0).max(MAX_CLASSES)),
      num_feature: OneNumber.pipe(z.number().int().positive()),
      num_target: z.literal("1").default("1"),
    }),
    objective: z.object({ name: z.enum(["binary:logistic", "multi:softprob", "reg:squarederror"]) }),
  }),
});

/**
 * Reads the JSON that XGBoost saves a model as, of versions 1.7 to 3.
 * @throws {Error} where it is none, or of a kind that is not evaluated here: several trees a round, categorical splits, other boosters
 */
export function readBooster(text: string): Booster {
  const { learner } = Document.parse(JSON.parse(text));
  const { base_score: baseScore, num_feature: width, num_class: classes } = learner.learner_model_param;
  const { trees, tree_info: info } = learner.gradient_booster.model;
  const { name: objective } = learner.objective;
  const outputs = objective === "multi:softprob" ? classes : 1;
  if (classes !== (outputs > 1 ? outputs : 0))
    throw new Error(`num_class is ${classes}, and ${objective} its objective`);
  const isInTurn = info.length === trees.length && info.every((output, place) => output === place % outputs);
  if (!isInTurn || trees.length % outputs !== 0) throw new Error("its rounds have not one tree for each class");
  const stray = trees.findIndex((tree) =>
    tree.left_children.some((left, node) => left !== -1 && !isIn(tree, node, width)),
  );
  if (stray !== -1) throw new Error(`tree ${stray} looks at a number that no row has`);
  return { objective, baseScore, width, outputs, trees };
}

function isIn({ split_indices: indices }: BoosterTree, node: number, width: number): boolean {
  return indices[node]! >= 0 && indices[node]! < width;
}

/** The document that XGBoost itself reads. @param names of the numbers of a row */
export function writeBooster(
  { objective, baseScore, width, outputs, trees }: Booster,
  names: readonly string[],
): string {
  const classes = String(objective === "multi:softprob" ? outputs : 0);
  const learner = {
    attributes: {},
    feature_names: names,
    feature_types: names.map(() => "float"),
    gradient_booster: {
      name: "gbtree",
      model: {
        gbtree_model_param: { num_parallel_tree: "1", num_trees: String(trees.length), size_leaf_vector: "0" },
        tree_info: trees.map((_, place) => place % outputs),
        trees: trees.map((tree, id) => documentOf(tree, id, width)),
      },
    },
    learner_model_param: {
      base_score: String(baseScore),
      boost_from_average: "1",
      num_class: classes,
      num_feature: String(width),
      num_target: "1",
    },
    objective: {
      name: objective,
      ...(objective === "multi:softprob"
        ? { softmax_multiclass_param: { num_class: classes } }
        : { reg_loss_param: { scale_pos_weight: "1" } }),
    },
  };
  return `${JSON.stringify({ learner, version: VERSION })}\n`;
}

function documentOf(tree: BoosterTree, id: number, width: number): object {
  const nodes = tree.left_children.length;
  const none = { categories: [], categories_nodes: [], categories_segments: [], categories_sizes: [] };
  const { split_conditions, loss_changes, sum_hessian, base_weights } = tree;
  const numbers = { split_conditions, loss_changes, sum_hessian, base_weights };
  const floats = Object.fromEntries(Object.entries(numbers).map(([name, values]) => [name, values.map(float)]));
  const sizes = { num_deleted: "0", num_feature: String(width), num_nodes: String(nodes), size_leaf_vector: "0" };
  return {
    ...none,
    ...tree,
    ...floats,
    id,
    parents: parentsOf(tree),
    split_type: Array(nodes).fill(0),
    tree_param: sizes,
  };
}

/** In V8, and not in TypeScript's library yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** XGBoost does not read `1` where it looks for a floating number. */
function float(value: number): unknown {
  return Number.isInteger(value) ? rawJSON(`${value}.0`) : value;
}

/** XGBoost's mark of a root's parent. */
const NO_PARENT = 2_147_483_647;

function parentsOf({ left_children: left, right_children: right }: BoosterTree): number[] {
  const parents = Array<number>(left.length).fill(NO_PARENT);
  for (const [node, child] of left.entries()) {
    if (child === -1) continue;
    parents[child] = node;
    parents[right[node]!] = node;
  }
  return parents;
}
