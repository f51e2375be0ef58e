/** A file whose mutants the tests have to notice, and those tests, the quickest first. */
export interface Target {
  readonly file: string;
  readonly tests: readonly string[];
}

/** The decoder and the matcher, which a wrong balance would have to get past, and the rules of how endpoints are read. */
export const TARGETS: readonly Target[] = [
  { file: "src/jsonrpc/decode_quantity.ts", tests: ["tests/jsonrpc/decode_quantity_test.ts"] },
  {
    file: "src/jsonrpc/match_replies.ts",
    tests: ["tests/jsonrpc/match_replies_test.ts", "tests/jsonrpc/corruption_test.ts"],
  },
  {
    file: "src/jsonrpc/read_answer.ts",
    tests: ["tests/jsonrpc/read_answer_test.ts", "tests/jsonrpc/corruption_test.ts"],
  },
  {
    file: "src/jsonrpc/parse_answer.ts",
    tests: ["tests/jsonrpc/parse_answer_test.ts", "tests/jsonrpc/read_answer_test.ts"],
  },
  { file: "src/evm/strategies/decode_words.ts", tests: ["tests/evm/strategies/decode_words_test.ts"] },
  {
    file: "src/evm/strategies/override_balances.ts",
    tests: ["tests/evm/strategies/override_balances_test.ts", "tests/evm/strategies/override_balances_node_test.ts"],
  },
  {
    file: "src/evm/strategies/override_call.ts",
    tests: [
      "tests/evm/strategies/override_balances_test.ts",
      "tests/evm/strategies/override_views_test.ts",
      "tests/evm/strategies/override_balances_node_test.ts",
    ],
  },
  {
    file: "src/evm/strategies/override_views.ts",
    tests: [
      "tests/evm/strategies/override_views_test.ts",
      "tests/evm/strategies/override_views_node_test.ts",
    ],
  },
  {
    file: "src/assets/nonce_program.ts",
    tests: ["tests/assets/nonce_program_test.ts", "tests/evm/strategies/program_call_node_test.ts"],
  },
  { file: "src/evm/strategies/explain_words.ts", tests: ["tests/evm/strategies/explain_words_test.ts"] },
  {
    file: "src/assets/code_program.ts",
    tests: ["tests/assets/code_program_test.ts", "tests/evm/strategies/program_call_node_test.ts"],
  },
  {
    file: "src/evm/strategies/override_digest.ts",
    tests: ["tests/evm/strategies/program_call_test.ts", "tests/evm/strategies/program_call_node_test.ts"],
  },
  { file: "src/evm/strategies/program_call.ts", tests: ["tests/evm/strategies/program_call_test.ts"] },
  { file: "src/evm/strategies/program_state.ts", tests: ["tests/evm/strategies/program_state_test.ts"] },
  { file: "src/evm/strategies/confirm_program.ts", tests: ["tests/evm/strategies/confirm_program_test.ts"] },
  { file: "src/evm/strategies/multicall_call.ts", tests: ["tests/evm/strategies/multicall_call_test.ts"] },
  {
    file: "src/evm/strategies/batch_balances.ts",
    tests: ["tests/evm/strategies/override_balances_test.ts", "tests/evm/strategies/multicall_call_test.ts"],
  },
  { file: "src/evm/pool/circuit_breaker.ts", tests: ["tests/evm/pool/circuit_breaker_test.ts"] },
  { file: "src/evm/strategies/fall_back.ts", tests: ["tests/evm/strategies/fall_back_test.ts"] },
  {
    file: "src/evm/strategies/strategy_selector.ts",
    tests: ["tests/evm/strategies/strategy_selector_test.ts", "tests/evm/strategies/fall_back_test.ts"],
  },
  { file: "src/evm/strategies/size_limit.ts", tests: ["tests/evm/strategies/size_limit_test.ts"] },
  {
    file: "src/evm/chains/chain_facts.ts",
    tests: ["tests/evm/chains/coinless_test.ts", "tests/evm/chains/chain_facts_test.ts"],
  },
  { file: "src/evm/strategies/half_call.ts", tests: ["tests/evm/strategies/half_call_test.ts"] },
  { file: "src/evm/strategies/account_values.ts", tests: ["tests/evm/strategies/account_values_test.ts"] },
  { file: "src/evm/strategies/read_chunks.ts", tests: ["tests/evm/strategies/read_chunks_test.ts"] },
  { file: "src/evm/strategies/trust.ts", tests: ["tests/evm/strategies/trust_test.ts"] },
  {
    file: "src/evm/strategies/confirm.ts",
    tests: ["tests/evm/strategies/confirm_reading_test.ts", "tests/evm/strategies/confirm_test.ts"],
  },
  { file: "src/evm/strategies/compare_with_plain.ts", tests: ["tests/evm/strategies/compare_with_plain_test.ts"] },
  {
    file: "src/evm/strategies/backend_lag.ts",
    tests: ["tests/evm/strategies/lag_rules_test.ts", "tests/evm/strategies/backend_lag_test.ts"],
  },
  { file: "src/evm/strategies/sender.ts", tests: ["tests/evm/strategies/sender_rules_test.ts"] },
  { file: "src/evm/strategies/retry_without_gas.ts", tests: ["tests/evm/strategies/token_gas_test.ts"] },
  { file: "src/evm/strategies/token_gas.ts", tests: ["tests/evm/strategies/token_gas_test.ts"] },
  { file: "src/evm/strategies/block_time.ts", tests: ["tests/evm/strategies/block_time_test.ts"] },
  { file: "src/evm/strategies/same_block.ts", tests: ["tests/evm/strategies/same_block_test.ts"] },
  { file: "src/evm/strategies/block_checks.ts", tests: ["tests/evm/strategies/trust_test.ts"] },
  { file: "src/evm/strategies/far_block.ts", tests: ["tests/evm/strategies/far_block_test.ts"] },
  { file: "src/evm/strategies/read_plain.ts", tests: ["tests/evm/strategies/read_plain_rules_test.ts"] },
  { file: "src/evm/pool/head_status.ts", tests: ["tests/evm/pool/head_status_test.ts"] },
  { file: "src/evm/pool/pool_endpoint.ts", tests: ["tests/evm/pool/head_status_test.ts"] },
  { file: "src/evm/pool/emptied.ts", tests: ["tests/evm/pool/emptied_test.ts"] },
  {
    file: "src/evm/pool/check_chain.ts",
    tests: ["tests/evm/pool/check_chain_test.ts", "tests/evm/pool/probe_test.ts"],
  },
  { file: "src/evm/pool/probe_standbys.ts", tests: ["tests/evm/pool/probe_standbys_test.ts"] },
  { file: "src/evm/pool/poll_progress.ts", tests: ["tests/evm/pool/poll_progress_test.ts"] },
  { file: "src/evm/pool/retry_budget.ts", tests: ["tests/evm/pool/retry_budget_test.ts"] },
  { file: "src/model/block.ts", tests: ["tests/model/block_test.ts"] },
  { file: "src/evm/pool/quorum.ts", tests: ["tests/evm/pool/quorum_rules_test.ts", "tests/evm/pool/quorum_test.ts"] },
  { file: "src/evm/pool/quorum_block.ts", tests: ["tests/evm/pool/quorum_rules_test.ts"] },
  {
    file: "src/evm/pool/confirm_quorum_zeros.ts",
    tests: ["tests/evm/pool/quorum_rules_test.ts"],
  },
  {
    file: "src/evm/pool/endpoint_status.ts",
    tests: ["tests/evm/pool/endpoint_status_test.ts", "tests/evm/pool/min_poll_seconds_test.ts"],
  },
  {
    file: "src/evm/pool/check_genesis.ts",
    tests: ["tests/evm/pool/check_genesis_test.ts"],
  },
  { file: "src/evm/pool/token_decimals.ts", tests: ["tests/evm/pool/token_decimals_test.ts"] },
  {
    file: "src/evm/pool/open_network.ts",
    tests: ["tests/evm/pool/open_network_test.ts", "tests/evm/pool/kept_rules_test.ts"],
  },
  {
    file: "src/evm/pool/source.ts",
    tests: [
      "tests/evm/pool/source_test.ts",
      "tests/evm/strategies/read_program_test.ts",
      "tests/evm/pool/quorum_programs_test.ts",
      "tests/evm/pool/read_past_test.ts",
    ],
  },
  {
    file: "src/evm/pool/poll_once.ts",
    tests: [
      "tests/evm/pool/poll_once_rules_test.ts",
      "tests/evm/pool/note_restart_test.ts",
      "tests/assets/values_test.ts",
    ],
  },
  { file: "src/evm/pool/read_with_failover.ts", tests: ["tests/evm/pool/failover_rules_test.ts"] },
  {
    file: "src/evm/pool/read_endpoint.ts",
    tests: ["tests/evm/pool/read_endpoint_rules_test.ts", "tests/evm/pool/failover_rules_test.ts"],
  },
  { file: "src/evm/pool/resolve_chain_id.ts", tests: ["tests/evm/pool/resolve_chain_id_rules_test.ts"] },
  { file: "src/evm/pool/confirm_zeros.ts", tests: ["tests/evm/pool/confirm_rules_test.ts"] },
  { file: "src/evm/strategies/read_head.ts", tests: ["tests/evm/strategies/head_rules_test.ts"] },
  { file: "src/evm/strategies/chain_id.ts", tests: ["tests/evm/strategies/chain_id_rules_test.ts"] },
  { file: "src/evm/strategies/read_latest.ts", tests: ["tests/evm/strategies/latest_rules_test.ts"] },
  { file: "src/assets/transactions.ts", tests: ["tests/assets/transactions_test.ts", "tests/assets/values_test.ts"] },
  { file: "src/assets/code.ts", tests: ["tests/assets/code_test.ts", "tests/assets/values_test.ts"] },
  { file: "src/assets/view.ts", tests: ["tests/assets/view_test.ts"] },
  { file: "src/assets/price_feed.ts", tests: ["tests/assets/price_feed_test.ts"] },
  { file: "src/assets/pending.ts", tests: ["tests/assets/transactions_test.ts", "tests/assets/values_test.ts"] },
  { file: "src/plan/plan_values.ts", tests: ["tests/plan/plan_values_test.ts", "tests/assets/transactions_test.ts"] },
  { file: "src/poller/value_changes.ts", tests: ["tests/poller/value_changes_test.ts"] },
  {
    file: "src/poller/due_accounts.ts",
    tests: ["tests/poller/due_accounts_test.ts", "tests/plan/plan_values_test.ts"],
  },
  { file: "src/poller/value_states.ts", tests: ["tests/poller/value_states_test.ts"] },
  { file: "src/poller/prices.ts", tests: ["tests/poller/prices_test.ts"] },
  { file: "src/poller/backfill.ts", tests: ["tests/poller/backfill_test.ts"] },
  { file: "src/poller/past_columns.ts", tests: ["tests/poller/past_columns_test.ts"] },
  { file: "src/poller/history.ts", tests: ["tests/poller/history_test.ts", "tests/poller/past_columns_test.ts"] },
  { file: "src/poller/repeat_day.ts", tests: ["tests/poller/repeat_day_test.ts"] },
  { file: "src/poller/trend.ts", tests: ["tests/poller/trend_test.ts"] },
];

/** A mutant that changes nothing that can be seen. */
export interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly replacement: string;
  readonly why: string;
}

/** Those that are left out, each with the reason. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: "src/evm/strategies/confirm_program.ts",
    code: "words[index] ?? 0n",
    replacement: "words[index]",
    why: "a default that the compiler asks for: a call for one account has its word",
  },
  {
    file: "src/evm/strategies/confirm_program.ts",
    code: "0n",
    replacement: "1n",
    why: "a default that the compiler asks for: a call for one account has its word",
  },
  {
    file: "src/evm/strategies/confirm_program.ts",
    code: '"integrity"',
    replacement: '""',
    why: "it only has to be an error",
  },
  {
    file: "src/evm/pool/poll_once.ts",
    code: "network.plan.values !== undefined && accounts.some(isAside)",
    replacement: "accounts.some(isAside)",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/poll_once.ts",
    code: "hasAside ? accounts.filter((account) => !isAside(account)) : accounts",
    replacement: "accounts.filter((account) => !isAside(account))",
    why: "it saves time",
  },
  {
    file: "src/evm/strategies/read_plain.ts",
    code: "accounts.length === method.length ? [] : accounts.filter((account) => !isOfMethod(account))",
    replacement: "accounts.filter((account) => !isOfMethod(account))",
    why: "it saves time",
  },
  {
    file: "src/assets/nonce_program.ts",
    code: "word === 0n || created.length > 2 * ADDRESS_BYTES",
    replacement: "created.length > 2 * ADDRESS_BYTES",
    why: "no hash ends in 40 zeros",
  },
  {
    file: "src/assets/nonce_program.ts",
    code: "9",
    replacement: "10",
    why: "a longer buffer",
  },
  {
    file: "src/assets/nonce_program.ts",
    code: "!isShort",
    replacement: "true",
    why: "the byte is written again",
  },
  {
    file: "src/assets/nonce_program.ts",
    code: '"808352"',
    replacement: '""',
    why: "the code of the holders returns nothing if it fails, so that memory is 0 already",
  },
  {
    file: "src/evm/pool/token_decimals.ts",
    code: "reasons.size === 0 ? [] : outcomes.keys()",
    replacement: "outcomes.keys()",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/open_network.ts",
    code: "byKey.size === 0 ? [] : accounts",
    replacement: "accounts",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/poll_once.ts",
    code: "outcome.block === undefined || outcome.block === block",
    replacement: "outcome.block === undefined",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/poll_once.ts",
    code: "plan.tokens.length === 0",
    replacement: "false",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/poll_once.ts",
    code: "unknown.length === 0 ? accounts : [...accounts, ...unknown]",
    replacement: "[...accounts, ...unknown]",
    why: "it saves time",
  },
  {
    file: "src/evm/pool/quorum_block.ts",
    code: 'why ?? "missing"',
    replacement: "why",
    why: "a default that the compiler asks for: a quorum has at least two endpoints",
  },
  {
    file: "src/evm/pool/quorum_block.ts",
    code: '"missing"',
    replacement: '""',
    why: "a default that the compiler asks for: a quorum has at least two endpoints",
  },
  {
    file: "src/evm/pool/poll_progress.ts",
    code: 'typeof outcome === "string"',
    replacement: "true",
    why: "it narrows the type: a pending account has a reason",
  },
  {
    file: "src/evm/pool/emptied.ts",
    code: 'typeof amount !== "bigint" || own.get(kind) === -Infinity',
    replacement: 'typeof amount !== "bigint"',
    why: "it saves time: the sum stays -Infinity",
  },
  {
    file: "src/evm/pool/head_status.ts",
    code: "chainFacts(head.chainId)?.blockSeconds ?? Infinity",
    replacement: "chainFacts(head.chainId)?.blockSeconds",
    why: "a default that the compiler asks for: nothing is above NaN either",
  },
  {
    file: "src/evm/pool/probe_standbys.ts",
    code: 'value ?? "missing"',
    replacement: "value",
    why: "a default that the compiler asks for: a result without a failure has a value of every account",
  },
  {
    file: "src/evm/pool/probe_standbys.ts",
    code: '"missing"',
    replacement: '""',
    why: "a default that the compiler asks for: a result without a failure has a value of every account",
  },
  {
    file: "src/evm/pool/confirm_zeros.ts",
    code: 'typeof amount === "bigint" && amount > 0n',
    replacement: "amount > 0n",
    why: "a reason is not greater than a number",
  },
  {
    file: "src/evm/strategies/read_head.ts",
    code: "false",
    replacement: "undefined",
    why: "the caller only asks whether it is true",
  },
  {
    file: "src/evm/strategies/read_head.ts",
    code: "wanted < 0n",
    replacement: "(wanted <= 0n)",
    why: "block 0 is block 0",
  },
  {
    file: "src/evm/strategies/override_call.ts",
    code: "0n",
    replacement: "1n",
    why: "defaults that the compiler asks for: the number of words was checked before",
  },
  {
    file: "src/evm/strategies/override_views.ts",
    code: "0n",
    replacement: "1n",
    why: "defaults that the compiler asks for: the number of words was checked before",
  },
  {
    file: "src/jsonrpc/decode_quantity.ts",
    code: 'typeof value === "number" && Number.isInteger(value)',
    replacement: "Number.isInteger(value)",
    why: "the compiler asks for it: only a number is an integer",
  },
  {
    file: "src/jsonrpc/match_replies.ts",
    code: 'typeof id === "string" && String(Number(id)) === id',
    replacement: "String(Number(id)) === id",
    why: "numbers are not printed for speed alone",
  },
  {
    file: "src/jsonrpc/parse_answer.ts",
    code: "at < text.length",
    replacement: "(at <= text.length)",
    why: "there is no character after the last",
  },
  {
    file: "src/jsonrpc/parse_answer.ts",
    code: "quote - first",
    replacement: "(quote + first)",
    why: "the sum is odd if the difference is",
  },
  {
    file: "src/jsonrpc/read_answer.ts",
    code: "false",
    replacement: "undefined",
    why: "the caller only asks whether it is true",
  },
  {
    file: "src/evm/strategies/compare_with_plain.ts",
    code: 'account.asset.requestType !== "balance" || typeof amount !== "bigint"',
    replacement: 'account.asset.requestType !== "balance"',
    why: "a reason is not greater than a number",
  },
  {
    file: "src/evm/strategies/half_call.ts",
    code: '"size"',
    replacement: '""',
    why: "any refusal but of time or batches is remembered alike",
  },
  {
    file: "src/evm/strategies/far_block.ts",
    code: "error instanceof RpcError && error.traits.blockMissing",
    replacement: "error.traits.blockMissing",
    why: "the calls throw no other errors",
  },
  {
    file: "src/evm/strategies/decode_words.ts",
    code: "from < last",
    replacement: "(from >= last)",
    why: "zeros are skipped for speed alone",
  },
  {
    file: "src/evm/strategies/multicall_call.ts",
    code: "63",
    replacement: "62",
    why: "the number of hex digits is even",
  },
  {
    file: "src/evm/strategies/multicall_call.ts",
    code: "success === 1n && isDeclaredAnswer(answer ?? ONE_WORD, Number(bytes)) && value !== undefined",
    replacement: "success === 1n && isDeclaredAnswer(answer ?? ONE_WORD, Number(bytes))",
    why: "the compiler asks for it: an answer without that value has another length, which is checked",
  },
  {
    file: "src/evm/strategies/read_plain.ts",
    code: "head === undefined",
    replacement: "false",
    why: "the compiler asks for it: without a head there are no amounts",
  },
  {
    file: "src/evm/strategies/backend_lag.ts",
    code: "block.number > by",
    replacement: "(block.number >= by)",
    why: "that many blocks below that block is block 0",
  },
  {
    file: "src/evm/strategies/backend_lag.ts",
    code: "known > below",
    replacement: "(known >= below)",
    why: "both are the same number",
  },
  {
    file: "src/assets/code.ts",
    code: "/^0xef0100[0-9a-f]{40}$/i",
    replacement: "/0xef0100[0-9a-f]{40}$/i",
    why: "hex digits have no other 0x",
  },
  {
    file: "src/assets/view.ts",
    code: "limit !== undefined && value >= limit",
    replacement: "value >= limit",
    why: "the compiler asks for it: nothing is at least undefined",
  },
  {
    file: "src/assets/pending.ts",
    code: 'related?.["transactions"]?.changes?.same ?? 0',
    replacement: 'related?.["transactions"]?.changes?.same',
    why: "a default that the compiler asks for: undefined is not at least three either",
  },
  {
    file: "src/assets/pending.ts",
    code: "0",
    replacement: "1",
    why: "a default that the compiler asks for: neither is at least three",
  },
  {
    file: "src/poller/backfill.ts",
    code: "push",
    replacement: "unshift",
    why: "they are changes of different accounts",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "kinds.length === 0",
    replacement: "false",
    why: "it saves time",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "!isAny",
    replacement: "false",
    why: "it saves time",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "parts ? { ...ofNetwork, ...parts } : ofNetwork ?? {}",
    replacement: "{ ...ofNetwork, ...parts }",
    why: "it saves memory",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "pace !== undefined && sharesPace",
    replacement: "sharesPace",
    why: "the compiler asks for it: what shares a pace has one",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "accounts.get(account.key) ?? account",
    replacement: "accounts.get(account.key)",
    why: "a default that the compiler asks for: all were added",
  },
  {
    file: "src/plan/plan_values.ts",
    code: "{}",
    replacement: "undefined",
    why: "the caller copies what there is",
  },
  {
    file: "src/poller/value_changes.ts",
    code: "known === undefined || before === undefined",
    replacement: "known === undefined",
    why: "the compiler asks for it: a reading has changes",
  },
  {
    file: "src/poller/value_changes.ts",
    code: "known === undefined || before === undefined",
    replacement: "before === undefined",
    why: "the compiler asks for it: a reading has changes",
  },
  {
    file: "src/poller/value_changes.ts",
    code: "known === undefined || before === undefined",
    replacement: "(known === undefined && before === undefined)",
    why: "the compiler asks for it: a reading has changes",
  },
  {
    file: "src/poller/due_accounts.ts",
    code: "values.length === 0",
    replacement: "false",
    why: "it saves time",
  },
  {
    file: "src/poller/prices.ts",
    code: "prices === undefined || amount === undefined || decimals === undefined || symbol === undefined",
    replacement: "prices === undefined || amount === undefined || decimals === undefined",
    why: "the compiler asks for it: no price has no symbol",
  },
  {
    file: "src/assets/transactions.ts",
    code: "next !== undefined && next > count",
    replacement: "next > count",
    why: "the compiler asks for it: undefined is not greater",
  },
  {
    file: "src/assets/transactions.ts",
    code: "pending?.changes?.before ?? 0n",
    replacement: "pending?.changes?.before",
    why: "a default that the compiler asks for: undefined is not greater",
  },
  {
    file: "src/assets/transactions.ts",
    code: "readDuration(String(written)) ?? NaN",
    replacement: "readDuration(String(written))",
    why: "a default that the compiler asks for: nothing is above NaN either",
  },
];
