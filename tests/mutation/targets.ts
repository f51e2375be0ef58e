/** A file whose mutants the tests have to notice, and those tests, the quickest first. */
export interface Target {
  readonly file: string;
  readonly tests: readonly string[];
}

/** The decoder and the matcher, which a wrong balance would have to get past, and the rules of how endpoints are read. */
export const TARGETS: readonly Target[] = [
  { file: "src/rpc/decode_quantity.ts", tests: ["tests/rpc/decode_quantity_test.ts"] },
  {
    file: "src/rpc/match_replies.ts",
    tests: ["tests/rpc/match_replies_test.ts", "tests/rpc/corruption_test.ts"],
  },
  { file: "src/rpc/read_answer.ts", tests: ["tests/rpc/read_answer_test.ts", "tests/rpc/corruption_test.ts"] },
  { file: "src/rpc/parse_answer.ts", tests: ["tests/rpc/parse_answer_test.ts", "tests/rpc/read_answer_test.ts"] },
  { file: "src/chain/strategy/decode_words.ts", tests: ["tests/chain/strategy/decode_words_test.ts"] },
  {
    file: "src/chain/strategy/packed_call.ts",
    tests: ["tests/chain/strategy/packed_call_test.ts", "tests/chain/strategy/packed_node_test.ts"],
  },
  {
    file: "src/chain/strategy/sealed_call.ts",
    tests: [
      "tests/chain/strategy/packed_call_test.ts",
      "tests/chain/strategy/packed_tokens_call_test.ts",
      "tests/chain/strategy/packed_node_test.ts",
    ],
  },
  {
    file: "src/chain/strategy/seal.ts",
    tests: ["tests/chain/strategy/packed_call_test.ts", "tests/chain/strategy/packed_tokens_call_test.ts"],
  },
  {
    file: "src/chain/strategy/packed_tokens_call.ts",
    tests: [
      "tests/chain/strategy/packed_tokens_call_test.ts",
      "tests/chain/strategy/packed_tokens_node_test.ts",
    ],
  },
  { file: "src/chain/strategy/multicall_call.ts", tests: ["tests/chain/strategy/multicall_call_test.ts"] },
  { file: "src/chain/strategy/many_balances.ts", tests: ["tests/chain/strategy/packed_call_test.ts"] },
  { file: "src/chain/health.ts", tests: ["tests/chain/health_test.ts"] },
  { file: "src/chain/probe.ts", tests: ["tests/chain/probe_test.ts"] },
  { file: "src/chain/strategy/doubts.ts", tests: ["tests/chain/strategy/doubts_test.ts"] },
  {
    file: "src/chain/strategy/ladder.ts",
    tests: ["tests/chain/strategy/ladder_test.ts", "tests/chain/strategy/doubts_test.ts"],
  },
  { file: "src/chain/strategy/size_limit.ts", tests: ["tests/chain/strategy/size_limit_test.ts"] },
  { file: "src/chain/strategy/coinless.ts", tests: ["tests/chain/strategy/coinless_rules_test.ts"] },
  { file: "src/chain/strategy/half_call.ts", tests: ["tests/chain/strategy/half_call_test.ts"] },
  { file: "src/chain/strategy/read_chunks.ts", tests: ["tests/chain/strategy/read_chunks_test.ts"] },
  { file: "src/chain/strategy/trust.ts", tests: ["tests/chain/strategy/trust_test.ts"] },
  { file: "src/chain/strategy/confirm.ts", tests: ["tests/chain/strategy/confirm_reading_test.ts"] },
  { file: "src/chain/strategy/compare_with_plain.ts", tests: ["tests/chain/strategy/compare_with_plain_test.ts"] },
  { file: "src/chain/strategy/backend_lag.ts", tests: ["tests/chain/strategy/lag_rules_test.ts"] },
  { file: "src/chain/strategy/sender.ts", tests: ["tests/chain/strategy/sender_rules_test.ts"] },
  { file: "src/chain/strategy/token_gas.ts", tests: ["tests/chain/strategy/token_gas_test.ts"] },
  { file: "src/chain/strategy/unbounded_tokens.ts", tests: ["tests/chain/strategy/token_gas_test.ts"] },
  { file: "src/chain/strategy/block_time.ts", tests: ["tests/chain/strategy/block_time_test.ts"] },
  { file: "src/chain/strategy/same_block.ts", tests: ["tests/chain/strategy/same_block_test.ts"] },
  { file: "src/chain/strategy/block_checks.ts", tests: ["tests/chain/strategy/trust_test.ts"] },
  { file: "src/chain/strategy/far_block.ts", tests: ["tests/chain/strategy/far_block_test.ts"] },
  { file: "src/chain/strategy/read_plain.ts", tests: ["tests/chain/strategy/read_plain_rules_test.ts"] },
  { file: "src/chain/judge_head.ts", tests: ["tests/chain/judge_head_test.ts"] },
  { file: "src/chain/member.ts", tests: ["tests/chain/judge_head_test.ts"] },
  { file: "src/chain/emptied.ts", tests: ["tests/chain/emptied_test.ts"] },
  { file: "src/chain/check_chain.ts", tests: ["tests/chain/check_chain_test.ts"] },
  { file: "src/chain/scout.ts", tests: ["tests/chain/scout_test.ts"] },
  { file: "src/chain/retry_budget.ts", tests: ["tests/chain/retry_budget_test.ts"] },
  { file: "src/chain/strategy/block_order.ts", tests: ["tests/chain/strategy/block_order_test.ts"] },
  { file: "src/chain/quorum.ts", tests: ["tests/chain/quorum_rules_test.ts", "tests/chain/quorum_test.ts"] },
  { file: "src/chain/read_from_any.ts", tests: ["tests/chain/failover_rules_test.ts"] },
  {
    file: "src/chain/read_member.ts",
    tests: ["tests/chain/read_member_rules_test.ts", "tests/chain/failover_rules_test.ts"],
  },
  { file: "src/chain/agree_on_chain.ts", tests: ["tests/chain/agree_rules_test.ts"] },
  { file: "src/chain/confirm_zeros.ts", tests: ["tests/chain/confirm_rules_test.ts"] },
  { file: "src/chain/strategy/read_head.ts", tests: ["tests/chain/strategy/head_rules_test.ts"] },
  { file: "src/chain/strategy/chain_id.ts", tests: ["tests/chain/strategy/chain_id_rules_test.ts"] },
  { file: "src/chain/strategy/read_latest.ts", tests: ["tests/chain/strategy/latest_rules_test.ts"] },
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
    file: "src/chain/confirm_zeros.ts",
    code: 'typeof wei === "bigint" && wei > 0n',
    replacement: "wei > 0n",
    why: "a reason is not greater than a number",
  },
  {
    file: "src/chain/strategy/read_head.ts",
    code: "false",
    replacement: "undefined",
    why: "the caller only asks whether it is true",
  },
  {
    file: "src/chain/strategy/read_head.ts",
    code: "wanted < 0n",
    replacement: "(wanted <= 0n)",
    why: "block 0 is block 0",
  },
  {
    file: "src/chain/strategy/sealed_call.ts",
    code: "0n",
    replacement: "1n",
    why: "defaults that the compiler asks for: the number of words was checked before",
  },
  {
    file: "src/chain/strategy/packed_tokens_call.ts",
    code: "0n",
    replacement: "1n",
    why: "defaults that the compiler asks for: the number of words was checked before",
  },
  {
    file: "src/rpc/read_answer.ts",
    code: "false",
    replacement: "undefined",
    why: "the caller only asks whether it is true",
  },
  {
    file: "src/chain/strategy/far_block.ts",
    code: "error instanceof RpcError && NO_BLOCK.has(error.reason)",
    replacement: "NO_BLOCK.has(error.reason)",
    why: "other errors have no reason",
  },
];
