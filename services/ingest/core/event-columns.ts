/** Repeating short texts of a column: row → `codes` → `values`. Code 0 is always the empty text (absent). */
export interface StringDictionary {
  /** One per row, at least `rows` long. */
  readonly codes: Uint32Array
  readonly values: string[]
}

/**
 * Repeating longer texts, kept as ClickHouse's Native format has them: each the length of its UTF-8 as a varint, then that.
 * Value `c` is so in `bytes[ends[c - 1], ends[c])`; code 0 is the empty text. A value may occur twice.
 */
export interface TextDictionary {
  readonly codes: Uint32Array
  readonly size: number
  readonly bytes: Uint8Array
  /** At least `size` long. */
  readonly ends: Uint32Array
}

/** Texts that hardly repeat, one per row: row `r` is `bytes[ends[r - 1], ends[r])`. `used` false: every row is empty, and nothing is filled. */
export interface TextColumn {
  readonly used: boolean
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

/**
 * The routes of a block, one entry for each service and route. To fold a rare route into another, replace its text in
 * `values`: no row changes, and two entries may hold the same text.
 */
export interface RouteDictionary {
  readonly codes: Uint32Array
  readonly values: string[]
  /** The entry's service, as a code of `EventColumns.service`. */
  readonly services: number[]
  /** Requests (sum of `count`) of each entry in this block. */
  readonly requests: number[]
}

/**
 * Access events as a struct of arrays, which may be longer than `rows`. Nothing but typed arrays and lists of strings and
 * numbers; columns that no line has may share an array.
 */
export interface EventColumns {
  readonly rows: number
  /** Epoch ms. */
  readonly atMs: Float64Array
  readonly status: Uint16Array
  readonly count: Uint32Array
  /** NaN: absent. */
  readonly durationMs: Float32Array
  /** NaN: absent. */
  readonly bytes: Float64Array
  readonly service: StringDictionary
  readonly route: RouteDictionary
  readonly env: StringDictionary
  readonly method: StringDictionary
  readonly version: StringDictionary
  readonly region: StringDictionary
  readonly host: StringDictionary
  readonly virtualHost: StringDictionary
  readonly upstream: StringDictionary
  readonly upstreamStatus: StringDictionary
  readonly path: TextDictionary
  readonly client: TextDictionary
  readonly userAgent: TextDictionary
  readonly requestId: TextColumn
  readonly traceId: TextColumn
}
