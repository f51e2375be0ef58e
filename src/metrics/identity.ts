/** The labels that every series carries. */
export interface Identity {
  readonly release: string;
  readonly namespace: string;
}
