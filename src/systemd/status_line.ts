import { type Book, wasSuccessful } from "../poller/book.ts";

/**
 * Sums up in one line what is watched and how it goes, for `systemctl status`.
 *
 * @param book everything read
 * @param isRefused whether the last change of the configuration was refused
 * @returns such as `12 wallets of 3 networks, 11 of 12 balances read; last check 2026-11-21T13:20:05Z`
 */
export function statusLine({ networks }: Book, isRefused: boolean): string {
  const wallets = networks.reduce((sum, { plan }) => sum + plan.wallets.length, 0);
  const accounts = networks.flatMap(({ accounts }) => accounts);
  const read = accounts.filter(wasSuccessful).length;
  const last = Math.max(...networks.flatMap(({ lastFinished }) => lastFinished ?? []));
  const when = Number.isFinite(last)
    ? `last check ${new Date(1000 * last).toISOString().slice(0, 19)}Z`
    : "no check yet";
  const watched = `${count(wallets, "wallet")} of ${count(networks.length, "network")}`;
  return `${watched}, ${read} of ${count(accounts.length, "balance")} read; ${when}${
    isRefused ? "; a changed configuration is REFUSED" : ""
  }`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
