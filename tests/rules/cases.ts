import type { RuleValues } from "../../src/rules/render_rules.ts";
import { SETS } from "./rendered.ts";

/** Files in `cases/`, with the values of their rules. */
export const CASES: ReadonlyMap<string, RuleValues> = new Map([
  ["checks.yaml", SETS.default],
  ["emptied.yaml", SETS.swept],
  ["endpoints.yaml", SETS.default],
  ["exporter.yaml", SETS.default],
  ["gaps.yaml", SETS.default],
  ["gone_for_days.yaml", SETS.default],
  ["muted.yaml", SETS.default],
  ["one_release.yaml", SETS.oneRelease],
  ["one_release_gone.yaml", SETS.oneRelease],
  ["opt_in.yaml", SETS.default],
  ["original.yaml", SETS.default],
  ["outflow.yaml", SETS.default],
  ["outflow_of_days.yaml", SETS.default],
  ["outflow_of_tokens.yaml", SETS.default],
  ["replicas.yaml", SETS.default],
  ["restarts.yaml", SETS.default],
  ["shards.yaml", SETS.shards],
  ["shards_of_replicas.yaml", SETS.shardsOfReplicas],
  ["slow_checks.yaml", SETS.slowChecks],
  ["teams.yaml", SETS.teams],
  ["thresholds.yaml", SETS.default],
  ["tokens.yaml", SETS.default],
  ["transactions.yaml", SETS.default],
  ["vanished.yaml", SETS.default],
]);
