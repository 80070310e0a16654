/** Fault tests are short by default; `npm run test:long` runs them at length. */
const isLong = process.env['LONG_FORM'] === '1'

export function byForm<Value>(forms: { readonly short: Value; readonly long: Value }): Value {
  return isLong ? forms.long : forms.short
}

/** Says what a long run measured: it has no other report. */
export function sayMeasured(figures: Readonly<Record<string, number | string>>): void {
  if (isLong) process.stdout.write(`measured: ${JSON.stringify(figures)}\n`)
}
