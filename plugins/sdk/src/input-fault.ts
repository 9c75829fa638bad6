import type { JobInput, PluginManifest } from "@clew/schema";

/** Why these inputs, by role, do not fit the manifest; null where they do. */
export function inputFault(manifest: PluginManifest, inputs: Record<string, readonly JobInput[]>): string | null {
  const unknown = Object.keys(inputs).find((role) => !Object.hasOwn(manifest.inputs, role));
  if (unknown !== undefined) return `${manifest.name} has no input role ${unknown}`;
  for (const [role, declared] of Object.entries(manifest.inputs)) {
    const given = inputs[role] ?? [];
    if (declared.required && given.length === 0) return `input ${role} is required`;
    if (!declared.many && given.length > 1) return `input ${role} takes one version, not ${given.length}`;
    // Its rows would count twice.
    const twice = given.find(({ id }, at) => given.findIndex((input) => input.id === id) < at);
    if (twice !== undefined) return `input ${role} has ${twice.key} twice`;
    const other = given.find((input) => input.type !== declared.type);
    if (other !== undefined) return `input ${role} takes a ${declared.type}, ${other.key} is a ${other.type}`;
  }
  return null;
}
