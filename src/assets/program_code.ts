/**
 * How programs begin, as hex digits: the key is read, the first words and their tag are made, and the loop over the entries
 * begins. Opcodes of Istanbul only.
 */
export const PROGRAM_START: readonly string[] = [
  "60003580", // PUSH1 0, CALLDATALOAD, DUP1               key tag
  "8102468060005201", // tag · key + CHAINID → word 0     key tag
  "8102438060205201", // tag · key + NUMBER → word 1      key tag
  "8102428060405201", // tag · key + TIMESTAMP → word 2   key tag
  "60606020", // PUSH1 96, PUSH1 32                        key tag out in
  "5b", // JUMPDEST
];

/**
 * How programs end that may return the first entries only, after `in` and `out` were moved.
 *
 * @param minGas what has to be left for the next entry
 */
export function programEnd(minGas: number): readonly string[] {
  const gas = minGas.toString(16).padStart(6, "0");
  return [
    "368110", // in < CALLDATASIZE                         key tag out in more
    `62${gas}5a11`, // GAS > minGas
    "16602057", // JUMPI to JUMPDEST while both
    "50818152", // POP, MSTORE(out, tag)                  key tag out
    "6020016000f3", // RETURN(0, out + 32)
  ];
}
