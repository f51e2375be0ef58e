import type { Family, Sample, SeriesRange, SeriesRule } from "../model/family.ts";
import type { Label } from "../model/series.ts";

/** Prints families in one format. What it prints is joined as it is, and used again in later pages. */
export interface Encoder {
  readonly contentType: string;
  /** Reports whether a choice of an `Accept` header asks for this format, in a version that pages are valid in. */
  accepts(mediaType: string, version: string | undefined): boolean;
  /** Before and after all families. */
  readonly begin: string;
  readonly end: string;
  /** What the family is called. */
  nameOf(family: Family): string;
  head(family: Family): string;
  /** @param common the labels of every series */
  sample(family: Family, sample: Sample, common: readonly Label[]): string;
  foot(family: Family): string;
  /** Prints some of a network's series at once: the same as their {@linkcode samplesOfSeries} one by one, faster. */
  series(family: Family, rule: SeriesRule, range: SeriesRange, common: readonly Label[]): string;
}
