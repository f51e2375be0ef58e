import { readEnv } from "../util/process.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import type { Config } from "./model/config.ts";
import { type Stamp, stampOf } from "./files/stamps.ts";
import { createMemoryBudget, MEMORY_ADVICE } from "./model/memory_budget.ts";
import { costOfText } from "./model/memory_cost.ts";
import { readConfig } from "./read_config.ts";
import { readText } from "./files/read_text.ts";
import type { LoadContext } from "./model/load_context.ts";

/** Where the configuration may come from, by the names of the settings. */
export interface ConfigSource {
  /** The text itself, from `WALLET_CONFIG`; wins over a file. */
  readonly configText?: string | undefined;
  /** A path, from `--config.file` or `WALLET_CONFIG_FILE`. */
  readonly configFile?: string | undefined;
}

/** A larger file is a mistake, and would exhaust the memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The path of a file that is configured but ignored, since the text wins. */
export function ignoredFile({ configText, configFile }: ConfigSource): string | undefined {
  return isGiven(configText) ? configFile : undefined;
}

/** Where secrets and lists come from, and limits. */
export interface LoadOptions extends Partial<Omit<LoadContext, "file" | "onFile">> {
  /** Receives the stamp of every file before it is read, also of a configuration that cannot be used. */
  readonly stamps?: Map<string, Stamp>;
}

/**
 * Finds, reads and checks the configuration.
 *
 * @param options without a source of lists none is fetched
 * @returns what is configured, with every problem found
 * @throws {ExitError} when there is none, or the file cannot be read
 * @throws {ConfigError} when the text cannot be used at all
 */
export async function loadConfig(
  { configText: text, configFile: file }: ConfigSource,
  { env = readEnv, budget = createMemoryBudget(), stamps = new Map(), ...options }: LoadOptions = {},
): Promise<Config> {
  const onFile = async (path: string): Promise<void> => {
    if (!stamps.has(path)) stamps.set(path, await stampOf(path));
  };
  const read = async (text: string, source: string, file: string | undefined): Promise<Config> => {
    const excess = budget.claim(costOfText(text, options.shard?.of));
    if (excess === undefined) return await readConfig(text, source, { ...options, env, onFile, budget, file });
    throw new ExitError(EXIT.refused, `The configuration ${source} does not fit in memory: ${excess}`, MEMORY_ADVICE);
  };
  if (isGiven(text)) return await read(text, "WALLET_CONFIG", undefined);
  if (file !== undefined) {
    await onFile(file);
    return await read(await readFile(file, Math.min(MAX_FILE_BYTES, budget.maxText())), file, file);
  }
  throw new ExitError(
    EXIT.refused,
    text === undefined ? "No configuration is given" : "The environment variable WALLET_CONFIG is empty",
    "Name a file with --config.file or WALLET_CONFIG_FILE, or put the configuration itself into WALLET_CONFIG",
  );
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

async function readFile(file: string, most: number): Promise<string> {
  const text = await readText(file, most);
  if (typeof text === "string") return text;
  throw new ExitError(
    EXIT.refused,
    `Cannot read the configuration file ${file}: ${text.why}`,
    "Check --config.file or WALLET_CONFIG_FILE, and that the file is mounted and readable for this user",
  );
}
