/** How often an endpoint that is not read from is looked at, in milliseconds, if cycles are that quick. */
export const SCOUTING = 60_000;
