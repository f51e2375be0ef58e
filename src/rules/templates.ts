/** Labels of a wallet and a token, as arguments of `printf`. */
const WALLET = {
  matchers: "namespace=%q,release=%q,network=%q,label=%q,address=%q",
  labels: "$labels.namespace $labels.release $labels.network $labels.label $labels.address",
};
const TOKEN = {
  matchers: `${WALLET.matchers},symbol=%q,token=%q`,
  labels: `${WALLET.labels} $labels.symbol $labels.token`,
};

/** A space and the symbol of the network's coin. Wallet series do not have it as a label. */
const COIN =
  `{{ with printf "last_over_time(wallet_balance_exporter_network_info{namespace=%q,release=%q,network=%q,symbol!=''}[15m])"` +
  ' $labels.namespace $labels.release $labels.network | query }} {{ . | first | label "symbol" }}{{ end }}';

/** A number with six digits, and without an exponent from a million on. */
function amountOf(value: string): string {
  return `{{ if lt ${value} 999999.5 }}{{ ${value} | printf "%.6g" }}{{ else }}{{ ${value} | printf "%.0f" }}{{ end }}`;
}

/** Renders a text with `.`, the first value of a query about the alert's wallet; nothing if there is none, or 0. */
function withQuery({ matchers, labels }: typeof WALLET, query: string, text: string): string {
  const arguments_ = " $of".repeat(query.split("%s").length - 1);
  return `{{ $of := printf "${matchers}" ${labels} }}{{ with printf "${query}"${arguments_} | query }}` +
    `{{ with . | first | value }}${text}{{ end }}{{ end }}`;
}

function levelOf(of: typeof WALLET, metric: string, level: string): string {
  const select = (name: string): string => `last_over_time(${metric}{level='${name}',%s}[15m])`;
  // The default is that of the alert.
  const query = level === "critical"
    ? `${select(level)} or ignoring (level) @threshold@ * ${select("minimum")}`
    : select(level);
  return withQuery(of, query, ` of ${amountOf(".")}`);
}

function holds(of: typeof WALLET, metric: string, symbol: string): string {
  return withQuery(of, `last_over_time(${metric}{%s}[15m])`, ` holds ${amountOf(".")}${symbol} and`);
}

const OF_COIN = "wallet_balance_threshold_eth";
const OF_TOKEN = "wallet_token_balance_threshold";

/** Templates of Prometheus in texts of alerts, by placeholder. The chart has them in `_rules.tpl`. */
export const TEMPLATES: ReadonlyMap<string, string> = new Map([
  ["amount", amountOf("$value")],
  ["of_warning", levelOf(WALLET, OF_COIN, "warning")],
  ["of_critical", levelOf(WALLET, OF_COIN, "critical")],
  ["of_maximum", levelOf(WALLET, OF_COIN, "maximum")],
  ["of_token_warning", levelOf(TOKEN, OF_TOKEN, "warning")],
  ["of_token_minimum", levelOf(TOKEN, OF_TOKEN, "minimum")],
  ["of_token_critical", levelOf(TOKEN, OF_TOKEN, "critical")],
  ["of_token_maximum", levelOf(TOKEN, OF_TOKEN, "maximum")],
  ["holds", holds(WALLET, "wallet:wallet_balance_eth:max", COIN)],
  ["holds_token", holds(TOKEN, "wallet:wallet_token_balance:max", " {{ $labels.symbol }}")],
  ["coin", COIN],
]);
