import { ManifestFile, Sha256 } from "@clew/schema";
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { decodeCursor, encodeCursor, PageInfo, pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { objectTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import type { FileRow } from "../../../ports/ledger-store.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";

const ManifestFileType = objectTypeOf(ManifestFile);
const USES_MAX = 500;

@ObjectType("FilePage", { description: "A version's files by path." })
class FilePage {
  @Field(() => [ManifestFileType])
  nodes!: readonly FileRow[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType("FileUse", { description: "A version that holds a file." })
class FileUse {
  @Field(() => String)
  path!: string;

  @Field(() => Node)
  version!: NodeValue;
}

/** `files` of a version, page by page. */
export function filesResolver(reader: NodeReader, version: NodeDefinition): object {
  @Resolver(() => objectType(version))
  class FilesResolver {
    @FieldResolver(() => FilePage)
    async files(
      @Root() root: NodeValue,
      @Arg("first", () => Int, { nullable: true }) first: number | undefined,
      @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    ): Promise<FilePage> {
      const size = pageSize(first);
      const afterPath = after == null ? "" : String(decodeCursor(after, ["string"])[0]);
      const rows = await reader.files(root.id, afterPath, size + 1);
      const last = rows.slice(0, size).at(-1);
      const endCursor = last ? encodeCursor([last.path]) : null;
      return { nodes: rows.slice(0, size), pageInfo: { hasNextPage: rows.length > size, endCursor } };
    }
  }
  return new FilesResolver();
}

@Resolver()
export class FileUsesResolver {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => [FileUse], { description: `Every version that holds a file with this digest, at most ${USES_MAX}.` })
  async fileUses(@Arg("digest", () => String) digest: string, @Ctx() context: Context): Promise<FileUse[]> {
    if (!Sha256.safeParse(digest).success)
      throw clientError("INVALID_INPUT", "a digest is sha256: and 64 digits of 0-9 a-f", { path: ["digest"] });
    const rows = await this.#reader.versionsOfFile(digest, USES_MAX);
    const uses = await Promise.all(
      rows.map(async ({ path, versionId }) => ({ path, version: await context.loaders.node.load(versionId) })),
    );
    // A file's path in a version tells more than that the version exists.
    return uses.filter(({ version }) => version.type !== "MaskedNode");
  }
}
