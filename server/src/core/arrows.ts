/**
 * The closed list of arrow types. Every arrow points upstream, from the later thing to what it came from; its family says which
 * questions follow it.
 */
const FAMILIES = {
  /** What a thing is made of: the only arrows that lineage walks follow unless told otherwise. */
  material: ["VERSION_OF", "USED", "GENERATED_BY", "DERIVED_FROM"],
  /** What a report, decision, alert or deployment speaks of. */
  subject: ["ABOUT", "SERVES", "REVISION_OF", "REALISES", "FOR"],
  /** What led to a thing, and who. */
  causal: ["TRIGGERED_BY", "PART_OF", "ATTRIBUTED_TO"],
} as const;

export type ArrowFamily = keyof typeof FAMILIES;
export type ArrowType = (typeof FAMILIES)[ArrowFamily][number];

export const ARROW_TYPES: readonly ArrowType[] = Object.values(FAMILIES).flat();

export function arrowsOf(families: readonly ArrowFamily[]): ArrowType[] {
  return families.flatMap((family) => [...FAMILIES[family]]);
}
