/*
 * The rule: whatever is chosen by looking at results (a threshold, a weight, a prior, a window) is chosen on the tuning
 * seeds. The reporting seeds make the published tables and nothing else: nobody looks at one of their faults, alone or
 * together, to change the product. If that happens by accident, the seed moves to the tuning list and a fresh one takes
 * its place. The two lists never share a seed, in any flavour.
 */
export const TUNING_SEEDS: readonly number[] = Array.from({ length: 60 }, (_, i) => 1_001 + i)
export const REPORTING_SEEDS: readonly number[] = Array.from({ length: 60 }, (_, i) => 900_001 + i)
