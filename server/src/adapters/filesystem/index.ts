export { CheckpointFiles } from "./checkpoint-files.ts";
export { type FilesystemArtifactsOptions, openFilesystemArtifacts } from "./filesystem-artifacts.ts";
