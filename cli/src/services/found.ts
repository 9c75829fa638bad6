/** Where a service can be had: at an address that somebody named, as a program of the machine, or installed in the cache. */
export interface AtAddress {
  readonly from: "address";
  readonly url: string;
}

export interface Program {
  readonly from: "machine" | "cache";
  /** A program, or the folder of several. */
  readonly where: string;
  readonly version: string;
}
