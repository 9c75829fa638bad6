import { z } from "zod";

const base = {
  name: z.string().min(1).max(255).describe("Name of the feature, unique"),
  column: z.string().min(1).max(255).describe("Column of the query's answer"),
};

/** A number, standardised to mean 0 and standard deviation 1 of the training part, cut at ± clip; missing: 0 and an indicator. */
const NumericFeature = z.strictObject({
  ...base,
  kind: z.literal("numeric"),
  clip: z.number().positive().default(5).describe("Largest absolute standardised value"),
});

/** One-hot over the values of the training part; rare ones share the column `other`, values never seen take it too. */
const CategoricalFeature = z.strictObject({
  ...base,
  kind: z.literal("categorical"),
  maxCategories: z.number().int().min(1).max(1000).default(100).describe("The most frequent ones get their own column"),
  minCount: z.number().int().min(1).default(1).describe("Rows that a value needs to get its own column"),
});

/** A number on a circle, as sine and cosine. */
const CyclicFeature = z.strictObject({
  ...base,
  kind: z.literal("cyclic"),
  period: z.number().positive().describe("Length of the circle, in the column's unit: 24 for hours, 360 for degrees"),
});

/** True and false, or 1 and 0. */
const BooleanFeature = z.strictObject({ ...base, kind: z.literal("boolean") });

/** How one column becomes what a net reads. */
export const Feature = z.discriminatedUnion("kind", [
  NumericFeature,
  CategoricalFeature,
  CyclicFeature,
  BooleanFeature,
]);
export type Feature = z.output<typeof Feature>;

/** Whether the training part had missing values: then the feature has a column that says so. */
const fitted = { hasMissing: z.boolean() };

/** A feature with what was learnt of the training part. */
export const FittedFeature = z.discriminatedUnion("kind", [
  NumericFeature.extend({ ...fitted, mean: z.number(), std: z.number().nonnegative() }),
  CategoricalFeature.extend({ ...fitted, categories: z.array(z.string()), hasOther: z.boolean() }),
  CyclicFeature.extend(fitted),
  BooleanFeature.extend(fitted),
]);
export type FittedFeature = z.output<typeof FittedFeature>;

/** How many numbers a feature takes in a row of the matrix. */
export function widthOf(feature: FittedFeature): number {
  return ownWidth(feature) + Number(feature.hasMissing);
}

function ownWidth(feature: FittedFeature): number {
  if (feature.kind === "categorical") return feature.categories.length + Number(feature.hasOther);
  return feature.kind === "cyclic" ? 2 : 1;
}

/** The names of a row's numbers, in order: `wind_dir:sin`, `carrier=UA`, `temp:missing`. */
export function encodedNames(features: readonly FittedFeature[]): string[] {
  return features.flatMap((feature) => {
    const names = ownNames(feature);
    return feature.hasMissing ? [...names, `${feature.name}:missing`] : names;
  });
}

function ownNames(feature: FittedFeature): string[] {
  if (feature.kind === "cyclic") return [`${feature.name}:sin`, `${feature.name}:cos`];
  if (feature.kind !== "categorical") return [feature.name];
  const names = feature.categories.map((category) => `${feature.name}=${category}`);
  return feature.hasOther ? [...names, `${feature.name}:other`] : names;
}
