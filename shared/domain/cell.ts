/** Event time is cut into cells of this length; a cell is judged once, when sealed. */
export const CELL_MS = 10_000
