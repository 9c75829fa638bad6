import type { Constructor } from "@mikro-orm/core";
import { Migration } from "@mikro-orm/migrations";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { fillValues } from "../fill-values.ts";

/** @param definitions of the nodes that are there already: what they can be found by. */
export function migration0010Value(definitions: readonly NodeDefinition[]): Constructor<Migration> {
  return class Migration0010Value extends Migration {
    override async up(): Promise<void> {
      await this.execute(
        `create table "value" ("key" bigint not null, "number" double precision not null, "text" text not null, "seq" bigint not null, primary key ("key", "number", "text", "seq")) without rowid`,
      );
      await fillValues((text, parameters) => this.execute(text, parameters), definitions);
    }
  };
}
