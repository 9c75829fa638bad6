/** The role of tables that stand beside the main one. */
export const JOIN_INPUT = {
  type: "DatasetVersion",
  description: "Tables to join: each dataset is a SQL view of its name",
  many: true,
  required: false,
} as const;

/** The roles of what every plugin reads that trains on tables. */
export const TRAINING_INPUTS = {
  data: { type: "DatasetVersion", description: "The main table: one SQL view named data", many: true },
  join: JOIN_INPUT,
} as const;
