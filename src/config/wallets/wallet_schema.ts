/**
 * What version 2 allows for a wallet, in the file or in a list. Each message
 * completes "Must be …".
 *
 * @module
 */

import * as v from "valibot";
import { ASSET_KINDS } from "../../assets/kinds.ts";
import type { PartValues } from "../model/config.ts";
import type { SchemaPart } from "../model/load_context.ts";

/** Control characters and line ends would break a line of the page or of a table. */
// deno-lint-ignore no-control-regex
const NAME = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]{1,200}$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
const DECIMAL = /^\d{1,60}(\.\d{1,60})?$/;

/** A name that is shown as a label value. */
export const name = text(NAME, "a string of 1 to 200 characters on one line");

const AMOUNT = "a non-negative amount such as 0.5";
const amount = v.union(
  [v.pipe(v.number(AMOUNT), v.minValue(0, AMOUNT), v.maxValue(1e60, AMOUNT)), text(DECIMAL, AMOUNT)],
  AMOUNT,
);

/** The levels of a threshold. */
export const LEVELS = ["minimum", "warning", "critical", "target", "maximum"] as const;

/** Amounts in whole coins, or whole tokens. */
export const thresholdsShape = v.strictObject({
  minimum: described(v.optional(amount), "below it the balance counts as too low, in `wallet_balance_below_minimum`"),
  warning: described(v.optional(amount), "below it somebody should look at the wallet"),
  critical: described(v.optional(amount), "below it somebody must act at once"),
  target: described(v.optional(amount), "what the wallet is topped up to"),
  maximum: described(v.optional(amount), "above it the wallet holds more than it should"),
});

/** Without the three names that every JavaScript object has. */
const TOKEN_SYMBOL = /^(?!(__proto__|constructor|prototype)$)[^\s./\\]{1,40}$/;

/** The symbol of a coin or token. */
export const symbol = text(
  TOKEN_SYMBOL,
  "a symbol such as USDC: 1 to 40 characters without spaces, dots and slashes",
);

/** An address; its checksum is checked later. */
export const addressText = v.string("0x followed by 40 hex digits");

/** Label values by name. */
export const labels = v.record(text(LABEL_NAME, "a label name: letters, digits and _, no digit first"), name);

/** Whether a text can be the name of a label. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

const TIME = /^(\d{4}-\d{2}-\d{2})([T ](\d{2}:\d{2}(:\d{2})?)(Z|[+-]\d{2}:\d{2}))?$/;
const MUTE_UNTIL = "a date such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z";

const muteShape = v.strictObject({
  until: described(
    text(TIME, MUTE_UNTIL),
    "when alerts begin again: a date, which begins at midnight UTC, or a time with Z or an offset",
  ),
  reason: described(name, "why; shown to people"),
});

const WALLET_KEYS = {
  address: described(addressText, "0x followed by 40 hex digits"),
  label: described(name, "the `label` label"),
  thresholds: described(v.optional(thresholdsShape), "in whole coins; override those of the defaults"),
  min_balance_eth: described(v.optional(amount), "the same as `thresholds.minimum`, as in version 1"),
  labels: described(v.optional(labels), "more labels of its series"),
  tokens: described(
    v.optional(v.record(symbol, thresholdsShape)),
    "thresholds in whole tokens, by symbol; {} to read a token that only named wallets are read for",
  ),
  mute: described(v.optional(muteShape), "no alerts of this wallet until a time, such as during a maintenance"),
};

/** The keys that kinds of values add to version 2. */
export const SCHEMA_PARTS: readonly SchemaPart[] = ASSET_KINDS.flatMap(({ schema }) => schema?.(v) ?? []);

/** A wallet, in the file or in a JSON list. */
export type WalletShape = v.StrictObjectSchema<typeof WALLET_KEYS, undefined>;

/** Makes the shape of a wallet. */
export function walletShape(parts: readonly SchemaPart[] = SCHEMA_PARTS): WalletShape {
  return v.strictObject(Object.assign({}, WALLET_KEYS, ...parts.map(({ wallet }) => wallet), WALLET_KEYS));
}

/** The values of the keys of schema parts, if there are any. */
export function partValues(others: PartValues): { readonly parts?: PartValues } {
  return Object.keys(others).length === 0 ? {} : { parts: others };
}

/**
 * Reads a date, or a time with its zone.
 *
 * @returns seconds since the Unix epoch; undefined if it is not one, such as February 30
 */
export function parseTime(written: string): number | undefined {
  const [, date = "", , time = "00:00", , zone = "Z"] = TIME.exec(written) ?? [];
  const day = Date.parse(`${date}T00:00Z`);
  // Some engines take the days after the end of a month for those of the next.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return undefined;
  const at = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(at) ? undefined : at / 1000;
}

type Text = v.SchemaWithPipe<readonly [v.StringSchema<string>, v.RegexAction<string, string>]>;

/** A string that matches a pattern. */
export function text(pattern: RegExp, message: string): Text {
  return v.pipe(v.string(message), v.regex(pattern, message));
}

type Described<S extends v.GenericSchema> = v.SchemaWithPipe<
  readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]
>;

/** A schema with its description in the JSON schema. */
export function described<S extends v.GenericSchema>(schema: S, description: string): Described<S> {
  return v.pipe(schema, v.description(description));
}
