#!/usr/bin/env node
import { runSource } from "./run-source.mjs";

await runSource("conformance/main");
