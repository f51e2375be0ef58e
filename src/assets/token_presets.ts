/** A token that is configured by its name. */
export interface TokenPreset {
  /** @default the configuration gives it */
  readonly symbol?: string;
  /** Its contract: the same on every chain, or by chain id. @default the configuration gives it */
  readonly address?: string | Readonly<Record<number, string>>;
  readonly decimals: number;
  /** Whether its contract has `decimals()`: it must return these. */
  readonly hasDecimals: boolean;
}

/** The predeploy of the OP Stack. */
const OP_STACK_WETH = "0x4200000000000000000000000000000000000006";

/**
 * Tokens by name. EntryPoint's `balanceOf(address)` returns the deposit of a paymaster or account:
 * https://github.com/eth-infinitism/account-abstraction/releases
 */
export const TOKEN_PRESETS = {
  "entrypoint-v0.6": deposit("EntryPoint06", "0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789"),
  "entrypoint-v0.7": deposit("EntryPoint07", "0x0000000071727De22E5E9d8BAf0edAc6f37da032"),
  "entrypoint-v0.8": deposit("EntryPoint08", "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108"),
  "entrypoint-v0.9": deposit("EntryPoint09", "0x433709009B8330FDa32311DF1C2AFA402eD8D009"),
  weth: {
    symbol: "WETH",
    address: {
      1: "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
      10: OP_STACK_WETH,
      100: "0x6A023CCd1ff6F2045C3309768eAd9E68F978f6e1",
      130: OP_STACK_WETH,
      137: "0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619",
      324: "0x5AEa5775959fBC2557Cc8789bC1bf90A239D9a91",
      480: OP_STACK_WETH,
      8453: OP_STACK_WETH,
      34443: OP_STACK_WETH,
      42161: "0x82aF49447D8a07e3bd95BD0d56f35241523fBab1",
      57073: OP_STACK_WETH,
      59144: "0xe5D7C2a44FfDDf6b295A15c148167daaAf5Cf34f",
      534352: "0x5300000000000000000000000000000000000004",
      84532: OP_STACK_WETH,
      11155111: "0xfFf9976782d46CC05630D1f6eBAb18b2324d6B14",
      11155420: OP_STACK_WETH,
    },
    decimals: 18,
    hasDecimals: true,
  },
  link: {
    symbol: "LINK",
    address: {
      1: "0x514910771AF9Ca656af840dff83E8264EcF986CA",
      10: "0x350a791Bfc2C21F9Ed5d10980Dad2e2638ffa7f6",
      56: "0x404460C6A5EdE2D891e8297795264fDe62ADBB75",
      100: "0xE2e73A1c69ecF83F464EFCE6A5be353a37cA09b2",
      137: "0xb0897686c545045aFc77CF20eC7A532E3120E0F1",
      8453: "0x88Fb150BDc53A65fe94Dea0c9BA0a6dAf8C6e196",
      42161: "0xf97f4df75117a78c1A5a0DBb814Af92458539FB4",
      43114: "0x5947BB275c521040051D82396192181b413227A3",
      59144: "0xa18152629128738a5c081eb226335FEd4B9C95e9",
      534352: "0x548C6944cba02B9D1C0570102c89de64D258d3Ac",
      11155111: "0x779877A7B0D9E8603169DdbD7836e478b4624789",
    },
    decimals: 18,
    hasDecimals: true,
  },
  steth: {
    symbol: "stETH",
    address: {
      1: "0xae7ab96520DE3A18E5e111B5EaAb095312D7fE84",
      560048: "0x3508A952176b3c15387C97BE809eaffB1982176a",
    },
    decimals: 18,
    hasDecimals: true,
  },
  erc721: { decimals: 0, hasDecimals: false },
} as const satisfies Readonly<Record<string, TokenPreset>>;

/** The name of a preset. */
export type PresetName = keyof typeof TOKEN_PRESETS;

/** EntryPoint counts deposits in wei, and has no `decimals()`. */
function deposit(symbol: string, address: string) {
  return { symbol, address, decimals: 18, hasDecimals: false };
}
