import type { Status } from "../status/status.ts";
import { formatCount } from "../util/text.ts";

/** The one sentence that says whether somebody has to do something. */
export interface PageVerdict {
  readonly level: "fine" | "attention" | "critical" | "unknown";
  readonly text: string;
  /** Of the browser's tab: what needs attention first. */
  readonly title: string;
}

/**
 * Decides on the verdict.
 *
 * @param isPart whether there are other wallets, of other labels
 */
export function verdictOf({ alerts, wallets, networks, isStarting }: Status, isPart = false): PageVerdict {
  const level = alerts.some(({ severity }) => severity === "critical") ? "critical" : "attention";
  const needing = new Set(alerts.flatMap(({ holding }) => holding?.wallet ?? [])).size;
  const unreadable = alerts.filter(({ name }) => name === "WalletBalanceNetworkUnreachable").length;
  const others = alerts.filter(({ name, holding }) =>
    holding === undefined && name !== "WalletBalanceNetworkUnreachable"
  );
  const parts = [
    needing > 0 && `${formatCount(needing, "wallet")} ${needing === 1 ? "needs" : "need"} attention`,
    unreadable > 0 && `${formatCount(unreadable, "network")} cannot be read`,
    others.length > 0 && `the configuration has ${formatCount(others.length, "problem")}`,
  ].filter((part) => part !== false);
  if (parts.length > 0) {
    const text = parts.join(", ");
    return { level, text: text[0]?.toUpperCase() + text.slice(1), title: `(${alerts.length}) Wallet balances` };
  }
  if (wallets.length === 0) {
    return {
      level: "unknown",
      text: isPart ? "No wallet has these labels" : "No wallets are configured",
      title: "Wallet balances",
    };
  }
  if (isStarting) return { level: "unknown", text: "The first poll is under way", title: "Wallet balances" };
  const muted = wallets.filter(({ mute }) => mute !== undefined).length;
  const all = wallets.length === 1
    ? isPart ? "1 wallet" : "The wallet"
    : `All ${formatCount(wallets.length, "wallet")}`;
  const where = networks.length === 1 ? "" : ` on ${formatCount(networks.length, "network")}`;
  const fine = `${all}${where} ${wallets.length === 1 ? "is" : "are"} ${muted === wallets.length ? "muted" : "fine"}`;
  const text = muted === 0 || muted === wallets.length ? fine : `${fine} or muted (${muted})`;
  return { level: "fine", text, title: "Wallet balances" };
}
