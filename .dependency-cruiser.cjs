// The arrows between folders that docs/architecture.md draws. What is not listed under `to` of a folder may not be imported by it.
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.ts$|\\.contract\\.ts$|\\.fixture\\.ts$" },
  to: { path: "^(schema|server|cli|plugins|runners|examples)/", pathNot: allowed },
});
const server = (folder) => `^server/src/${folder}/`;

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    only("schema-stands-alone", "^schema/src/", ["^schema/"]),
    only("core", server("core"), ["^schema/", server("core")]),
    only("ports", server("ports"), ["^schema/", server("core"), server("ports")]),
    only("ledger", server("ledger"), ["^schema/", server("core"), server("ports"), server("ledger")]),
    only("graphql-kit", server("graphql"), [
      "^schema/",
      server("core"),
      server("ports"),
      server("ledger"),
      server("graphql"),
    ]),
    only("features", server("features"), [
      "^schema/",
      server("core"),
      server("ports"),
      server("ledger"),
      server("graphql"),
      server("features"),
    ]),
    only("adapters", server("adapters"), ["^schema/", server("core"), server("ports"), server("adapters")]),
    only("transports", server("transports"), ["^schema/", server("ports"), server("transports")]),
    only("config", server("config"), [server("config")]),
    only("runner", "^runners/node/src/", ["^schema/", "^plugins/sdk/", "^runners/node/"]),
    only("sdk", "^plugins/sdk/src/", ["^schema/", "^plugins/sdk/"]),
    only("plugins", "^plugins/(?!sdk|tabular)[^/]+/src/", [
      "^schema/",
      "^plugins/sdk/",
      "^plugins/tabular/",
      "^plugins/[^/]+/src/",
    ]),
    only("cli", "^cli/src/", ["^schema/", "^plugins/sdk/", "^cli/", "^examples/"]),
    {
      name: "other-features-by-their-face",
      severity: "error",
      from: { path: "^server/src/features/([^/]+)/" },
      to: { path: "^server/src/features/([^/]+)/", pathNot: ["^server/src/features/$1/", "/index\\.ts$"] },
    },
    {
      name: "adapters-know-no-other",
      severity: "error",
      from: { path: "^server/src/adapters/([^/]+)/" },
      to: { path: "^server/src/adapters/([^/]+)/", pathNot: "^server/src/adapters/$1/" },
    },
    {
      name: "nobody-imports-app",
      severity: "error",
      from: { pathNot: "^(server/src/app|test)/" },
      to: { path: "^server/src/app/" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: ["\\.test\\.ts$", "\\.fixture\\.ts$", "/templates/"] },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ["clew-src", "import", "default"],
      extensions: [".ts", ".mts", ".js", ".mjs"],
    },
  },
};
