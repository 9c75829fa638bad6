import { testTrainerFaults } from "../../tabular/test/trainer-faults.ts";
import { plugin } from "./plugin.ts";

testTrainerFaults(plugin, new URL("../conformance/", import.meta.url));
