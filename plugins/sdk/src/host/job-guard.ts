import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Ends jobs whose host has died as the host would cancel them: their input has ended, SIGTERM comes at half time, SIGKILL after 10 s.
 * Told `job <group>` and `ended <group>`. What has ended is looked at no more, since its number may become another's.
 */
const END_ORPHANS = `
groups=
while read -r word group; do
  others=
  for one in $groups; do [ "$one" = "$group" ] || others="$others $one"; done
  groups=$others
  [ "$word" = ended ] || groups="$groups $group"
done
for second in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for group in $groups; do kill -s 0 -- "-$group" && left="$left $group"; done
  groups=$left
  [ -n "$groups" ] || exit
  [ $second != 6 ] || for group in $groups; do kill -s TERM -- "-$group"; done
  sleep 1
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

/**
 * A shell that is told of this process's jobs, and waits for the end of its input, which comes when this process dies, by SIGKILL
 * too. A job that does not read would otherwise go on for ever, beside the next attempt. It is there before the jobs are: to start it takes so
 * long that a short job would have ended before its starter could say a word.
 */
export class JobGuard {
  readonly #groups = new Set<number>();
  #shell: Writable | null;

  constructor() {
    this.#shell = this.#started();
  }

  /** Guards a job's process group from now on. */
  watch(group: number): void {
    this.#groups.add(group);
    this.#shell ??= this.#restarted();
    this.#shell.write(`job ${group}\n`);
  }

  /** The whole group has ended. */
  ended(group: number): void {
    this.#groups.delete(group);
    this.#shell?.write(`ended ${group}\n`);
  }

  /** Ends the shell; call it when no job runs. */
  close(): void {
    this.#shell?.end();
  }

  /** The one before was killed. */
  #restarted(): Writable {
    const shell = this.#started();
    for (const group of this.#groups) shell.write(`job ${group}\n`);
    return shell;
  }

  #started(): Writable {
    const shell = spawn("/bin/sh", ["-c", END_ORPHANS], {
      cwd: "/",
      env: { PATH: process.env["PATH"] },
      // A group of its own: it is no part of a job's, and a terminal's Ctrl-C does not reach it.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    // Without a shell jobs run all the same.
    shell.on("error", () => {});
    shell.on("exit", () => {
      this.#shell = null;
    });
    shell.stdin.on("error", () => {});
    shell.unref();
    return shell.stdin;
  }
}
