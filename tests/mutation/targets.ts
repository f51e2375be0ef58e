/** A file whose mutants the tests have to notice, and those tests, the quickest first. */
export interface Target {
  readonly file: string;
  readonly tests: readonly string[];
}

/** The decoder and the matcher: what a wrong balance would have to get past. */
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
];
