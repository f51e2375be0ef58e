import * as v from "valibot";
import { CODE_KINDS } from "../assets/code.ts";
import { REASON_NAMES } from "../jsonrpc/errors.ts";
import { ENDPOINT_STATES, STRATEGIES } from "../model/source.ts";
import { SEVERITIES } from "./condition_alerts.ts";
import { CONDITIONS } from "./holding_status.ts";

const time = v.pipe(v.number(), v.description("In seconds since the Unix epoch."));
const seconds = v.pipe(v.number(), v.minValue(0), v.description("In seconds."));
const amount = v.pipe(
  v.string(),
  v.regex(/^\d+(\.\d+)?$/),
  v.description("A decimal number of whole coins or tokens, exact."),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const reason = v.picklist([...REASON_NAMES, "bad_threshold"]);

const change = v.pipe(
  v.strictObject({
    amount: v.pipe(v.number(), v.description("In whole coins or tokens, to seven digits.")),
    spent: v.pipe(v.number(), v.minValue(0), v.description("The decreases alone.")),
    seconds: v.pipe(seconds, v.description("What it covers: less while the history is short.")),
  }),
  v.description("The change up to the last reading; null if there is no other reading to compare with."),
);

const balance = v.strictObject({
  asset: v.pipe(v.nullable(v.string()), v.description("The symbol of the coin or token; null if unknown.")),
  token: v.pipe(v.nullable(v.string()), v.description("The token's contract; null for the coin.")),
  decimals: v.pipe(v.nullable(count), v.description("Null until they are known.")),
  balance: v.pipe(v.nullable(amount), v.description("The last good reading; null if there is none.")),
  amount: v.pipe(
    v.nullable(v.pipe(v.string(), v.regex(/^\d+$/))),
    v.description("The same in the smallest unit, such as wei."),
  ),
  valueUsd: v.optional(v.pipe(
    v.nullable(v.pipe(v.number(), v.minValue(0))),
    v.description("What it is worth in USD; null if its price is unknown, missing if no prices are configured."),
  )),
  thresholds: v.pipe(v.record(v.string(), v.nullable(amount)), v.description("By level.")),
  condition: v.pipe(v.nullable(v.picklist(CONDITIONS)), v.description("The most urgent one; null if all is well.")),
  reason: v.pipe(v.nullable(reason), v.description("Why the last attempt to read it failed; null if it succeeded.")),
  readAt: v.nullable(time),
  block: v.pipe(v.nullable(v.string()), v.description("Its block number.")),
  spent: v.pipe(v.nullable(amount), v.description("The sum of all decreases since the exporter started.")),
  received: v.pipe(v.nullable(amount), v.description("The sum of all increases since then.")),
  change1h: v.nullable(change),
  change24h: v.nullable(change),
  outflowPerSecond: v.pipe(
    v.nullable(v.pipe(v.number(), v.minValue(0))),
    v.description("In whole coins or tokens, of the last 24 hours; null if too little is known."),
  ),
  secondsToEmpty: v.pipe(
    v.nullable(v.number()),
    v.description("At that outflow, by the hours of the day if it is less than two days; null if it is 0 or unknown."),
  ),
  secondsToMinimum: v.pipe(v.nullable(v.number()), v.description("The same; 0 below the minimum.")),
});

const transactions = v.strictObject({
  count: v.pipe(v.nullable(v.string()), v.description("Sent so far: the nonce; null while it is unknown.")),
  lastAt: v.pipe(v.nullable(time), v.description("When a new one was last seen; at first that of the first reading.")),
  expectedSeconds: v.pipe(v.nullable(seconds), v.description("The configured longest time without a new one.")),
  pending: v.pipe(v.nullable(count), v.description("In the node's pool, if that was asked since the last new one.")),
  cost: v.pipe(v.nullable(amount), v.description("What one of the last 24 hours cost; null below three.")),
  left: v.pipe(v.nullable(count), v.description("How many the balance is enough for, at that cost.")),
  contract: v.pipe(v.boolean(), v.description("Whether the address is a contract, which sends none.")),
  reason: v.pipe(v.nullable(v.picklist(REASON_NAMES)), v.description("Why the last attempt to read them failed.")),
  readAt: v.nullable(time),
});

const code = v.strictObject({
  kind: v.pipe(v.nullable(v.picklist(CODE_KINDS)), v.description("Null while it is unknown.")),
  expected: v.pipe(v.boolean(), v.description("False while it is delegated and is not meant to be.")),
  changes: v.pipe(count, v.description("Since the exporter started.")),
  since: v.pipe(v.nullable(time), v.description("When it last changed, or was first read.")),
  reason: v.pipe(v.nullable(v.picklist(REASON_NAMES)), v.description("Why the last attempt to read it failed.")),
  readAt: v.nullable(time),
});

const wallet = v.strictObject({
  network: v.pipe(v.string(), v.description("The unique name of its network.")),
  address: v.string(),
  label: v.string(),
  labels: v.record(v.string(), v.string()),
  mute: v.pipe(
    v.nullable(v.strictObject({ until: time, reason: v.string() })),
    v.description("Why it has no alerts at present; null if it is not muted. Its balances have conditions as always."),
  ),
  balances: v.pipe(v.array(balance), v.description("The coin first, then the tokens.")),
  transactions: v.pipe(v.nullable(transactions), v.description("Null if they are not counted.")),
  code: v.pipe(v.nullable(code), v.description("Null if it is not watched.")),
});

const endpoint = v.strictObject({
  name: v.pipe(v.string(), v.description("The name of its host; never a URL or a key.")),
  state: v.pipe(v.nullable(v.picklist(ENDPOINT_STATES)), v.description("Null until it was used.")),
  strategy: v.nullable(v.picklist(STRATEGIES)),
  reason: v.pipe(v.nullable(v.picklist(REASON_NAMES)), v.description("Why it last failed; null after a success.")),
  requestsPerDay: v.pipe(v.nullable(count), v.description("At the rate of the last hour; null if it was not used.")),
  errors1h: v.pipe(v.record(v.string(), count), v.description("Failed requests of the last hour by reason.")),
});

const network = v.strictObject({
  name: v.pipe(v.string(), v.description("Unique.")),
  label: v.pipe(v.string(), v.description("The network label of its wallets' series; two networks may share it.")),
  chainId: v.nullable(count),
  chain: v.pipe(v.nullable(v.string()), v.description("The name of a known chain.")),
  symbol: v.nullable(v.string()),
  block: v.nullable(v.strictObject({ number: v.string(), time })),
  lastPoll: v.nullable(v.strictObject({ end: time, seconds: v.nullable(seconds) })),
  wallets: count,
  rejectedEntries: count,
  endpoints: v.pipe(v.array(endpoint), v.description("The preferred one first.")),
});

const alert = v.strictObject({
  alert: v.pipe(v.string(), v.description("The name of the alerting rule, and of the runbook.")),
  severity: v.picklist(SEVERITIES),
  network: v.nullable(v.string()),
  address: v.nullable(v.string()),
  label: v.nullable(v.string()),
  token: v.nullable(v.string()),
  text: v.string(),
  since: v.pipe(v.nullable(time), v.description("For at least as long; null if unknown.")),
});

/** The document at `/api/v1/status`. Fields may be added; those that are there keep their names and meanings. */
export const statusSchema = v.strictObject({
  time,
  version: v.string(),
  startedAt: v.pipe(v.number(), v.description("When the process started, in seconds since the Unix epoch.")),
  starting: v.pipe(v.boolean(), v.description("Whether a network was not polled yet.")),
  config: v.strictObject({
    source: v.pipe(v.string(), v.description("The path of the configuration, or WALLET_CONFIG.")),
    interval: v.pipe(seconds, v.description("From one poll to the next, in seconds.")),
    loadedAt: time,
    rejectedEntries: count,
    reloadFailed: v.boolean(),
  }),
  alerts: v.pipe(v.array(alert), v.description("What needs a person, the most urgent first.")),
  networks: v.array(network),
  wallets: v.pipe(v.array(wallet), v.description("The most urgent first.")),
});

/** See {@linkcode statusSchema}. */
export type StatusDocument = v.InferOutput<typeof statusSchema>;
