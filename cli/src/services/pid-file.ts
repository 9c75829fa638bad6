import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endProcess, identityOf } from "./processes.ts";
import { ServiceError } from "./service.ts";

/**
 * `clew.pid` in a service's folder says which process serves the folder and which process started that one.
 * A starter that was killed leaves it behind; the next start reads it and stops what is left before it starts anew.
 */
interface PidRecord {
  readonly owner: string;
  readonly service: string | null;
}

const pidOf = (identity: string): number => Number.parseInt(identity, 10);
const isAlive = (identity: string): boolean => identityOf(pidOf(identity)) === identity;

export class PidFile {
  readonly #path: string;

  constructor(dir: string) {
    this.#path = join(dir, "clew.pid");
  }

  /** Takes the folder for this process: refuses while another live owner serves it, stops an orphan that it finds. */
  async claim(stopSignal: NodeJS.Signals, stopWithinMs: number): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      if (this.#create()) return;
      const record = this.#read();
      if (record === null) continue;
      this.#refuseIfInUse(record);
      if (record.service !== null && isAlive(record.service)) {
        await endProcess(pidOf(record.service), stopSignal, stopWithinMs);
      }
      this.release();
    }
    throw new ServiceError(`Several processes want ${this.#path} at once. Wait for the others, or use another folder.`);
  }

  record(servicePid: number): void {
    const temporary = this.#writeBeside({ owner: ownIdentity(), service: identityOf(servicePid) });
    renameSync(temporary, this.#path);
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  /** A link fails where the name is taken, and shows a complete file where it is not. */
  #create(): boolean {
    const temporary = this.#writeBeside({ owner: ownIdentity(), service: null });
    try {
      linkSync(temporary, this.#path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  #writeBeside(record: PidRecord): string {
    const temporary = `${this.#path}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(record)}\n`);
    return temporary;
  }

  #read(): PidRecord | null {
    try {
      return JSON.parse(readFileSync(this.#path, "utf8")) as PidRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw new ServiceError(`${this.#path} cannot be read. Delete it if no service runs on that folder.`, {
        cause: error,
      });
    }
  }

  #refuseIfInUse(record: PidRecord): void {
    const starting = record.service === null;
    if (!isAlive(record.owner) || !(starting || isAlive(record.service ?? ""))) return;
    const owner = record.owner === ownIdentity() ? "this process itself" : `process ${pidOf(record.owner)}`;
    throw new ServiceError(
      `The folder of ${this.#path} is served already, started by ${owner}. Stop that one first, or use another folder.`,
    );
  }
}

function ownIdentity(): string {
  return identityOf(process.pid) ?? String(process.pid);
}
