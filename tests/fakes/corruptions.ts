import type { Random } from "./random.ts";

const CHARACTERS = [..."0123456789abcdefABCDEFxX -+_.nN\n\u00a0\ufeffg"];

/** Ways to corrupt a result of words on its way; the last parameter is another answer to the same question. */
export const CORRUPTIONS: readonly ((text: string, random: Random, other: string) => unknown)[] = [
  (text, random) => splice(text, random.below(text.length), 1, random.pick(CHARACTERS)),
  (text, random) => splice(text, random.below(text.length), random.below(3), random.pick(CHARACTERS)),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => `0x${text.slice(2 + 64 * random.below(4))}`,
  (text, random) => swapWords(text, random),
  (text, random) => splice(text, 2 + 64 * random.below(5), 64, "f".repeat(64)),
  (text, random) => splice(text, 2 + 64 * random.below(5), 64, "0".repeat(64)),
  (text) => `${text}${"0".repeat(64)}`,
  (text) => `0x${"0".repeat(text.length - 2)}`,
  (_, __, other) => other,
  (text, random, other) => text.slice(0, 2 + 64 * random.below(6)) + other.slice(2 + 64 * random.below(6)),
  (_, random) => random.pick(["", "0x", null, 5, [], {}, true]),
];

function splice(text: string, at: number, count: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + count);
}

function swapWords(text: string, random: Random): string {
  const words = text.slice(2).match(/.{64}/g) ?? [];
  return `0x${random.shuffle(words).join("")}`;
}
