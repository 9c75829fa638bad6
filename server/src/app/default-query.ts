/** What GraphiQL opens with. */
export const DEFAULT_QUERY = `# What was the newest model made of? Set your token under Headers, then press play.
query Lineage {
  models(first: 1) {
    nodes {
      key
      versions(first: 1) {
        nodes {
          key
          digest
          generatedBy {
            plugin { name version }
            inputs {
              role
              node {
                __typename
                ... on DatasetVersion { key rows files { nodes { path digest } } }
                ... on CodeVersion { commit repository { name } }
                ... on HyperparameterSet { parameters }
                ... on Environment { values }
              }
            }
          }
          columnLineage { column via from { input column } }
        }
      }
    }
  }
}
`;
