import { lexicographicSortSchema, printSchema } from "graphql";
import { emptySchema } from "./server-schema.ts";

/** Prints the SDL, for `npm run generate`. Opens nothing. */
process.stdout.write(`# Made by \`npm run generate\` from the server's definitions: do not edit.\n\n`);
process.stdout.write(`${printSchema(lexicographicSortSchema(await emptySchema()))}\n`);
