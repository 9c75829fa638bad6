# The Node runner with the plugins of this repository. Build from the repository's root:
#   docker build -f docker/runner.Dockerfile -t clew-runner .
# With TensorFlow's GPU library, 2.9 for CUDA 11 and cuDNN 8 (needs network for its download, and the NVIDIA container toolkit to run):
#   docker build -f docker/runner.Dockerfile --build-arg BASE=nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04 --build-arg GPU=1 -t clew-runner:gpu .
ARG BASE=node:24-bookworm-slim

FROM node:24-bookworm-slim AS node

FROM ${BASE}
ARG GPU=0
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -sf ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
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
COPY plugins/score-tabular/package.json plugins/score-tabular/
COPY plugins/export-model/package.json plugins/export-model/
COPY plugins/monitor/package.json plugins/monitor/
# No install scripts: TensorFlow's would fetch its GPU library into every image, ONNX Runtime's too. That comes with the libraries of
# every system, 200 MB of which are not this one's.
RUN npm ci --ignore-scripts --omit=dev --workspace runners/node --workspace plugins/prepare-tabular --workspace plugins/train-online --workspace plugins/train-tfjs --workspace plugins/train-xgboost --workspace plugins/evaluate-tabular --workspace plugins/validate-tabular --workspace plugins/serve-models --workspace plugins/score-tabular --workspace plugins/export-model --workspace plugins/monitor --include-workspace-root=false && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32
RUN if [ "$GPU" = "1" ]; then npm run gpu:install; fi
COPY schema schema
COPY plugins plugins
COPY runners runners
RUN useradd --uid 10001 --create-home clew && mkdir /work && chown clew:clew /work
ENV NODE_ENV=production CLEW_PLUGIN_DIRS=/clew/plugins CLEW_WORK_DIR=/work CLEW_HEALTH_FILE=/tmp/clew-runner-health.json
USER clew
VOLUME /work
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=5 CMD ["node", "runners/node/bin/clew-runner-health.mjs"]
CMD ["node", "--conditions=clew-src", "runners/node/src/main.ts"]
