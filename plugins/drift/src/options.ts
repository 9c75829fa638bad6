import { z } from "zod";

export const DRIFT_METHODS = ["KS", "CHI_SQUARED", "PSI", "JENSEN_SHANNON", "WASSERSTEIN"] as const;
export type DriftMethod = (typeof DRIFT_METHODS)[number];

const floor = (value: number, text: string) => z.number().nonnegative().default(value).describe(text);

/**
 * Below these nothing counts as drift, however sure it is. The defaults are one size of effect in each method's unit: about what a
 * normal feature gives that moves by a tenth of its standard deviation.
 */
export const EffectFloors = z.strictObject({
  KS: floor(0.04, "Of the statistic."),
  CHI_SQUARED: floor(0.1, "Of w, √Σ (q − p)² / pooled share; 0.1 is what Cohen calls small."),
  PSI: floor(0.01, "Of the index."),
  JENSEN_SHANNON: floor(0.035, "Of the distance, base e."),
  WASSERSTEIN: floor(0.1, "In standard deviations of the reference."),
});
export type EffectFloors = z.infer<typeof EffectFloors>;

/** How a window is decided, with defaults; a monitor may take it into its own parameters. */
export const DriftOptions = z.strictObject({
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.01)
    .describe(
      "How often at most a window without drift may be said to drift, and the false discovery rate over features.",
    ),
  correction: z
    .enum(["BENJAMINI_HOCHBERG", "BENJAMINI_YEKUTIELI"])
    .default("BENJAMINI_HOCHBERG")
    .describe("Over features. Yekutieli's holds under any dependence and costs power."),
  minCount: z.int().min(2).default(30).describe("A sample with fewer values says nothing of its feature."),
  floors: EffectFloors.prefault({}),
  minImportance: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("Where features have importances: so much of it must drift before the window does."),
  minCompared: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("So much of the importance must be compared before the window can be without drift."),
  seed: z.int().min(0).max(0xffff_ffff).default(0),
});
export type DriftOptions = z.infer<typeof DriftOptions>;
