import { MetricValue } from "@clew/schema";
import { z } from "zod";

export const Metric = z.strictObject({ name: z.string().min(1).max(200), value: MetricValue }).meta({ id: "Metric" });
export type Metric = z.infer<typeof Metric>;
