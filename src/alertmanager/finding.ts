import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import type { Label } from "../metrics/model/series.ts";
import type { NetworkState } from "../poller/state.ts";
import type { StatusContext } from "../status/holding_status.ts";
import type { HEARTBEAT, PostedAlert } from "./posted_alerts.ts";

/** Something that holds now, as an alert of the rules has it. */
export interface Finding {
  readonly alert: PostedAlert | typeof HEARTBEAT;
  /** Besides those that all alerts have. */
  readonly labels: readonly Label[];
  /** The value of the rule's expression. */
  readonly value: number;
  /** Of the coin. */
  readonly symbol?: string | undefined;
  /** The level that the value is below or above, in whole coins or tokens. */
  readonly level?: number | undefined;
  /** The balance, in whole coins or tokens, if the value is another number. */
  readonly balance?: number | undefined;
  /** The unique name of its network. */
  readonly network?: string;
  readonly address?: string;
}

/** What findings are made of. */
export interface FindingsSource extends StatusContext {
  readonly networks: readonly NetworkState[];
  readonly exporter: ExporterStatus;
  /** Older balances are not shown, in milliseconds; 0 for never. */
  readonly staleAfter: number;
  /** Which part of the wallets the exporter has; undefined if it has all. */
  readonly shard: number | undefined;
  /** Findings of wallets, by network: they are listed again after its poll only, and once in a while. */
  readonly known: WeakMap<NetworkState, NetworkFindings>;
}

/** The findings of a network's wallets, and what they were made of. */
export interface NetworkFindings {
  readonly findings: readonly Finding[];
  readonly isUnreachable: boolean;
  /** Replaced by each poll. */
  readonly endpoints: NetworkState["endpoints"];
  readonly lastFinished: number | undefined;
  /** In milliseconds on the monotonic clock. */
  readonly at: number;
}
