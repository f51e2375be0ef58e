import { type EndpointState, endpointState } from "./endpoint_state.ts";
import { type Strategy, strategyOf } from "../strategies/ladder.ts";
import type { Member } from "./member.ts";

/** What is told of one endpoint after a cycle. */
export interface EndpointReport {
  readonly name: string;
  /** None while nothing was asked of it. */
  readonly state: EndpointState | undefined;
  readonly strategy: Strategy | undefined;
  /** The most that goes into one request, as learned. */
  readonly size: number;
}

/**
 * Reports on an endpoint.
 *
 * @param member which
 */
export function reportOn({ endpoint, health, ladder, standing }: Member): EndpointReport {
  const { asked, failure } = health;
  const known = failure === undefined && standing !== "fresh" ? standing : endpointState(failure);
  return {
    name: endpoint.name,
    state: asked ? known : undefined,
    strategy: asked ? strategyOf(ladder) : undefined,
    size: ladder.sizes[ladder.rung].size,
  };
}
