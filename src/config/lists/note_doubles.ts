import type { WalletConfig } from "../config.ts";
import type { Scribe } from "../v2/scribe.ts";

/**
 * Reports wallets that a list has twice: a warning where their thresholds
 * differ, since somebody is alerted by the one and not by the other.
 *
 * @param wallets all of the list
 * @param scribe where to report
 */
export function noteDoubles(wallets: readonly WalletConfig[], { tell }: Pick<Scribe, "tell">): void {
  // Mostly there is no address twice, and seeing that is quick.
  if (new Set(wallets.map(({ address }) => address)).size === wallets.length) return;
  const first = new Map<string, WalletConfig>();
  let doubles = 0;
  let others = 0;
  for (const wallet of wallets) {
    const key = `${wallet.address} ${wallet.label}`;
    const same = first.get(key);
    if (same === undefined) {
      first.set(key, wallet);
      continue;
    }
    doubles++;
    if (thresholdsText(same) !== thresholdsText(wallet)) others++;
  }
  if (doubles === 0) return;
  const many = doubles === 1 ? "One entry has" : `${doubles} entries have`;
  const differing = others === 0 ? "" : `; ${others} with other thresholds`;
  const message =
    `${many} the address and label of another${differing}; such are one wallet, with the thresholds of both`;
  tell(others === 0 ? "notice" : "warning", [], message, "Remove what is there twice, or correct its address");
}

function thresholdsText({ minimum, levels = {} }: WalletConfig): string {
  const texts = Object.entries(levels).map(([level, { belowWei }]) => `${level} ${belowWei}`);
  return [`${minimum.belowWei}`, ...texts.sort()].join();
}
