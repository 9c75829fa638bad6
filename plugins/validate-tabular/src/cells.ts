export function textOf(cell: unknown): string {
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
