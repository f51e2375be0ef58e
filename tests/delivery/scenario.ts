import type { Anvil } from "../../dev/anvil.ts";
import type { Prometheus } from "../alerts/prometheus.ts";
import type { Release } from "./quick.ts";
import type { Watch } from "./watch.ts";
import type { Process } from "./world.ts";

/** What happens to one release, and what people hear of it. */
export interface Scenario extends Release {
  readonly name: string;
  /** Those that Prometheus scrapes. */
  readonly processes: readonly Process[];
  /** Those that only post alerts by themselves. */
  readonly fastProcesses?: readonly Process[];
  /** Causes the faults, waits for their alerts, ends the faults, and waits until the resolutions are delivered. */
  readonly run: (world: World) => Promise<void>;
  /** Everything that webhooks receive: `receiver: ALERT: STATUS…`. */
  readonly delivered: readonly string[];
  /** Everything that is inhibited: `ALERT by ALERT`. */
  readonly inhibited: readonly string[];
}

/** What scenarios are made with. */
export interface Setup {
  readonly node: Anvil;
  readonly stack: AsyncDisposableStack;
  /** Variables of all exporters. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the scenarios share. */
export interface World extends Pick<Watch, "fires" | "isFiring" | "resolves" | "isInhibited" | "isDelivered"> {
  readonly node: Anvil;
  readonly prometheus: Prometheus;
}
