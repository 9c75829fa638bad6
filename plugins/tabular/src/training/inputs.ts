/** The roles of what every plugin reads that trains on tables. */
export const TRAINING_INPUTS = {
  data: { type: "DatasetVersion", description: "The main table: one SQL view named data", many: true },
  join: {
    type: "DatasetVersion",
    description: "Tables to join: each dataset is a SQL view of its name",
    many: true,
    required: false,
  },
} as const;
