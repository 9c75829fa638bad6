import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isExecutable, which } from "./commands.ts";

export interface Jdk {
  readonly home: string;
  readonly version: string;
  readonly major: number;
}

const FOLDERS = ["/usr/lib/jvm", "/Library/Java/JavaVirtualMachines"];

/** The first of the majors that this machine has, as a full JDK: JAVA_HOME's, the PATH's, or an installed one. */
export function findJdk(majors: readonly number[]): Jdk | null {
  const all = candidates().flatMap((home) => jdkAt(home) ?? []);
  for (const major of majors) {
    const jdk = all.find((each) => each.major === major);
    if (jdk !== undefined) return jdk;
  }
  return null;
}

function candidates(): string[] {
  const onPath = which("javac") ?? which("java");
  const installed = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, "Contents", "Home")]),
  );
  return [process.env["JAVA_HOME"] ?? "", onPath === null ? "" : dirname(dirname(onPath)), ...installed];
}

/** Every JDK says in its file `release` what it is, which is much faster than asking `java -version`. */
function jdkAt(home: string): Jdk | null {
  const release = join(home, "release");
  if (home === "" || !existsSync(release) || !isExecutable(join(home, "bin", "javac"))) return null;
  const version = /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(release, "utf8"))?.[1];
  return version === undefined ? null : { home, version, major: Number.parseInt(version, 10) };
}
