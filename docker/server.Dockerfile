# The server: built once, then only what runs. Build from the repository's root:
#   docker build -f docker/server.Dockerfile -t clew-server .
FROM node:24-bookworm-slim AS manifests
WORKDIR /clew
COPY package.json package-lock.json tsconfig.base.json ./
COPY schema/package.json schema/
COPY server/package.json server/
COPY cli/package.json cli/
COPY runners/node/package.json runners/node/
COPY plugins/models/package.json plugins/models/
COPY plugins/sdk/package.json plugins/sdk/
COPY plugins/tabular/package.json plugins/tabular/
COPY plugins/ab-test/package.json plugins/ab-test/
COPY plugins/drift/package.json plugins/drift/
COPY plugins/prepare-tabular/package.json plugins/prepare-tabular/
COPY plugins/train-online/package.json plugins/train-online/
COPY plugins/train-tfjs/package.json plugins/train-tfjs/
COPY plugins/train-xgboost/package.json plugins/train-xgboost/
COPY plugins/evaluate-tabular/package.json plugins/evaluate-tabular/
COPY plugins/validate-tabular/package.json plugins/validate-tabular/
COPY plugins/serve-models/package.json plugins/serve-models/
COPY plugins/monitor/package.json plugins/monitor/
COPY plugins/score-tabular/package.json plugins/score-tabular/
COPY plugins/export-model/package.json plugins/export-model/

FROM manifests AS build
RUN npm ci --ignore-scripts
COPY schema schema
COPY server server
RUN npx tsc -b server

# What the server needs and nothing else: a pruned tree of the whole workspace keeps a gigabyte.
FROM manifests AS modules
RUN npm ci --ignore-scripts --omit=dev --omit=optional --workspace server --workspace schema --include-workspace-root=false

FROM node:24-bookworm-slim
ENV NODE_ENV=production CLEW_HOST=0.0.0.0 CLEW_PORT=4000 CLEW_DATA_DIR=/data
WORKDIR /clew
COPY --from=modules --chown=node:node /clew/package.json ./
COPY --from=modules --chown=node:node /clew/node_modules node_modules
COPY --from=build --chown=node:node /clew/schema schema
COPY --from=build --chown=node:node /clew/server server
RUN mkdir /data /trust && chown node:node /data /trust
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.CLEW_PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/dist/app/main.js"]
