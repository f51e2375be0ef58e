import type { Canned } from "../fakes/canned_answers.ts";
import type { ReplyChangeName } from "./reply_changes.ts";

/** What the fault server does in place of passing an answer on: data, so that a row is a line of a file. */
export type Fault =
  /** Passes everything on. */
  | { readonly kind: "none" }
  /** Deals with the connection in one of the known ways, by its name. */
  | { readonly kind: "behaviour"; readonly name: string }
  /** Answers the same, whatever is asked. */
  | { readonly kind: "reply"; readonly reply: Canned }
  /** Refuses batches of more items than the limit, in one of the known shapes. */
  | { readonly kind: "refuse"; readonly shape: string; readonly limit: number }
  /** Refuses an `eth_call` for more balances than that with an error. */
  | {
    readonly kind: "bound";
    readonly balances: number;
    readonly error: { readonly code: number; readonly message: string };
  }
  /** Passes the request on and changes the node's answer. */
  | {
    readonly kind: "change";
    readonly change: ReplyChangeName;
    readonly value?: unknown;
    /** @default {200} */
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  };

/** When a fault shows. */
export interface FaultPlan {
  readonly fault: Fault;
  /** Which requests. @default all */
  readonly on?: "all" | "balances" | "eth_call";
  /** From 0 to 1. @default {1} */
  readonly share?: number;
  /** Repeats the random choices. @default {1} */
  readonly seed?: number;
  /** After how many requests it ends by itself. @default never */
  readonly times?: number;
}
