export { type FilesystemArtifactsOptions, openFilesystemArtifacts } from "./filesystem-artifacts.ts";
