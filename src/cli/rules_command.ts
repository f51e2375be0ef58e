import { loadConfig } from "../config/load_config.ts";
import { createListStore } from "../config/lists/list_store.ts";
import { type Config, listName } from "../config/model/config.ts";
import { ConfigError } from "../config/model/problem.ts";
import { RUNBOOKS } from "../page/links.ts";
import { labelNamesOf } from "../plan/make_plan.ts";
import { isUsableInRules, renderRules } from "../rules/render_rules.ts";
import packed from "../rules/rules.json" with { type: "json" };
import { systemClock } from "../util/clock.ts";
import { EXIT, type ExitCode, ExitError } from "../util/errors.ts";
import { configureLog } from "../util/log.ts";
import { readEnv } from "../util/process.ts";
import { VERSION } from "../version.ts";
import { checkCaCertificates } from "./environment.ts";
import type { Settings } from "./options.ts";
import { type Output, printable } from "./output.ts";

const IDENTITY = ["network", "label", "address"];

/** Stands for variables that are not set: rules contain no URL, so the secrets need not be where rules are printed. */
const SOME_URL = "http://127.0.0.1/";

/**
 * Prints the rules of the exporter that would run with these settings.
 *
 * @throws {ExitError} when the configuration cannot be used, a wallet list cannot be fetched, or a label breaks the rules
 */
export async function rulesCommand(settings: Settings, { out, err }: Output, stop: AbortSignal): Promise<ExitCode> {
  configureLog({ level: settings.logLevel, format: settings.logFormat });
  checkCaCertificates();
  const lists = createListStore(systemClock, { stop });
  try {
    const env = (name: string): string => readEnv(name) ?? SOME_URL;
    const config = await loadConfig(settings, { lists, shard: settings.shard, env });
    const kept = [...config.lists ?? [], ...config.matchedLists ?? []];
    const missing = kept.find((list) => !lists.stateOf(list).successful);
    if (missing !== undefined) {
      const [what, advice] = "url" in missing
        ? ["fetched", "Set the variables of its URL, and try again when it can be fetched"]
        : ["read", "Correct the file"];
      const message = `The wallet list ${listName(missing)} cannot be ${what}, so its label names are unknown`;
      throw new ExitError(EXIT.failure, message, advice);
    }
    out(rulesOf(config, settings));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    err(error.message);
    return EXIT.refused;
  }
}

/**
 * Renders the rules of one exporter.
 *
 * @throws {ExitError} for a label that would break them
 */
function rulesOf(config: Config, { release, namespace, shard, ...settings }: Settings): string {
  const labels = labelNamesOf(config);
  const wrong = labels.find((name) => !isUsableInRules(name));
  if (wrong !== undefined) {
    const message = `The label ${wrong} of the wallets cannot be used in rules`;
    throw new ExitError(EXIT.refused, message, "Rename it in the configuration");
  }
  const interval = shortestInterval(config, settings);
  const rules = renderRules(packed.source, new Map(Object.entries(packed.alerts)), {
    interval: Math.ceil(interval / 1000),
    selector: `namespace=${quote(namespace)},release=${quote(release)}`,
    walletLabels: [...IDENTITY, ...labels],
    shards: shard?.of ?? 1,
    runbookUrl: `${RUNBOOKS}%s.md`,
  });
  return headOf(printable(`${namespace}/${release}`), labels) + rules.trimEnd();
}

/** In milliseconds. Longer ones would delay the alerts of all networks, such as that none of their wallets can be read. */
function shortestInterval({ networks, interval: general }: Config, { interval }: Pick<Settings, "interval">): number {
  const own = networks.map((network) => network.interval ?? general ?? interval);
  return own.length === 0 ? general ?? interval : Math.min(...own);
}

function headOf(exporter: string, labels: readonly string[]): string {
  const own = labels.length === 0 ? "none; add labels to the wallets to route their alerts" : labels.join(", ");
  return `# Recording rules and alerts of the exporter ${exporter}, for Prometheus 2.42 or vmalert.
#
# Printed by \`wallet-balance-exporter rules\` ${VERSION}: print it again after an upgrade, and when names, shards,
# intervals or the wallets' own labels change. Do not load deploy/prometheus/rules.yaml as well.
#
# Own labels of the wallets, which their alerts have too: ${own}.
`;
}

/** A PromQL string without characters that YAML would read. */
function quote(text: string): string {
  const escaped = text.replaceAll(/[^\w.\/-]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return `"${escaped}"`;
}
