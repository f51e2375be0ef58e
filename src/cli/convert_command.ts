import { formatCount, uniqueNames } from "../util/text.ts";
import { Document } from "yaml";
import { loadConfig } from "../config/load_config.ts";
import { ConfigError } from "../config/model/problem.ts";
import { readConfig } from "../config/read_config.ts";
import { EXIT, type ExitCode, ExitError } from "../util/errors.ts";
import type { Threshold } from "../config/model/threshold.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { NetworkPlan, WalletPlan } from "../plan/plan.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";

/**
 * Converts a configuration of version 1 to version 2. URLs contain keys, so each is replaced by a reference to a
 * variable, which a comment lists.
 *
 * @returns 1 when the configuration cannot be read, or version 2 does not accept all of it
 * @throws {ExitError} when it is of version 2 already
 */
export async function convertCommand(settings: Settings, { out, err }: Output): Promise<ExitCode> {
  try {
    const config = await loadConfig(settings);
    if (config.version === 2) {
      throw new ExitError(EXIT.refused, `The configuration ${config.source} is of version 2 already`);
    }
    const converted = convert(makePlan(config).networks);
    out(converted);
    return await checkConverted(converted, err);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    out(error.message);
    return EXIT.refused;
  }
}

/** Version 1 accepts labels and minimums that version 2 does not. */
async function checkConverted(text: string, err: Output["err"]): Promise<ExitCode> {
  try {
    await readConfig(text, "the converted configuration", { env: () => "http://127.0.0.1/", file: undefined });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    err(`Version 2 does not accept all of it; fix these problems:\n${error.message}`);
    return EXIT.refused;
  }
}

function convert(networks: readonly NetworkPlan[]): string {
  const usable = networks.filter(({ endpoints }) => endpoints.length > 0);
  const variables = uniqueNames(usable.map(({ id }) => variableFor(id)));
  const document = new Document({
    version: 2,
    networks: usable.map(({ id, wallets }, index) => ({
      name: id,
      endpoints: [`\${${variables[index]}}`],
      wallets: wallets.flatMap(entriesOf),
    })),
  });
  const comments = [
    "Converted from version 1.",
    "Set these variables to its RPC URLs, in this order, or replace them with the URLs:",
    ...variables.map((variable) => `  ${variable}`),
    ...networks.flatMap(leftOut),
  ];
  document.commentBefore = comments.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 }).trimEnd();
}

/** One entry per minimum: version 1 accepts several per wallet. */
function entriesOf({ address, label, minimums, hasInvalidMinimum }: WalletPlan): readonly object[] {
  const amounts = minimums.filter(({ belowWei = 0n }) => belowWei > 0n).map(amountOf);
  if (hasInvalidMinimum || amounts.length === 0) return [{ address, label }];
  return amounts.map((minimum) => ({ address, label, thresholds: { minimum } }));
}

/** A number if it was written as a plain one, else a string without an exponent. */
function amountOf({ label, belowWei = 0n }: Threshold): number | string {
  if (/^(0|[1-9]\d{0,8})(\.\d{1,6})?$/.test(label) && String(Number(label)) === label) return Number(label);
  if (/^\d+(\.\d+)?$/.test(label)) return label;
  const digits = belowWei.toString().padStart(19, "0");
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`.replace(/\.?0+$/, "");
}

function leftOut({ id, endpoints, rejected, wallets }: NetworkPlan): readonly string[] {
  const lines: string[] = [];
  if (endpoints.length === 0) lines.push(`Left out: network ${id}, whose URL is rejected.`);
  else if (rejected.length > 0) {
    lines.push(`Left out of ${id}: ${formatCount(rejected.length, "rejected entry", "rejected entries")}.`);
  }
  const invalid = wallets.filter(({ hasInvalidMinimum }) => hasInvalidMinimum).length;
  if (invalid > 0) lines.push(`Left out of ${id}: ${formatCount(invalid, "invalid minimum")}.`);
  return lines;
}

function variableFor(id: string): string {
  const name = id.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[A-Z]/.test(name) ? `${name}_URL` : `RPC_${name}_URL`;
}
