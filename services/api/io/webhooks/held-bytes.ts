import { OperationError } from '../../../../shared/runtime/errors.ts'

/**
 * Counts the bodies that are read at a time, so that whoever can't prove anything fills no memory. What is returned takes
 * `bytes` and gives back what lets go of them, which may be called more than once; it throws an OperationError when too many are held.
 */
export function createHeldBytes(bytesMax: number): (bytes: number) => () => void {
  let held = 0
  return (bytes) => {
    // One alone may be larger than the bound, or it would never pass.
    if (held > 0 && held + bytes > bytesMax)
      throw new OperationError('http: too many bodies are held', { code: 'too_busy', retryable: true })
    held += bytes
    let isHeld = true
    return () => {
      if (isHeld) held -= bytes
      isHeld = false
    }
  }
}
