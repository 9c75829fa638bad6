import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ServiceError } from "./service.ts";

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly stdin?: string;
}

/** Runs a program to its end and returns what it printed; its failure names the program and its last lines. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, timeoutMs = 60_000, identity, stdin } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args],
      {
        ...(cwd === undefined ? {} : { cwd }),
        ...identity,
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        maxBuffer: 16 << 20,
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const said = `${stderr}\n${stdout}`.trim() || error.message;
        const tail = said.split("\n").slice(-12).join("\n  ");
        reject(new ServiceError(`\`${file} ${args.slice(0, 4).join(" ")} …\` failed:\n  ${tail}`, { cause: error }));
      },
    );
    child.stdin?.on("error", () => {}).end(stdin ?? "");
  });
}

/** The first program of that name on the PATH, links resolved. */
export function which(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && isExecutable(path)) return realpathSync(path);
  }
  return null;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `got` is at least `wanted`, compared number by number. */
export function isAtLeast(got: string, wanted: string): boolean {
  const [a, b] = [got, wanted].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)));
  for (const [at, number] of (b ?? []).entries()) {
    const other = a?.[at] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}
