import type { Share } from '../../shared/bus/bus.ts'
import type { LiveDetector } from './live.ts'

/** Watches the services that fall to this process. When others do, it begins anew, with what is stored of them. */
export function createSharingDetector(
  shareOfNow: () => Share | undefined,
  create: (share: Share) => LiveDetector,
): LiveDetector {
  let watching: { readonly share: Share; readonly detector: LiveDetector } | undefined
  return {
    async tick() {
      const share = shareOfNow()
      if (share === undefined || share.owned.length === 0) {
        watching = undefined
        return
      }
      if (watching === undefined || !isSame(watching.share, share)) watching = { share, detector: create(share) }
      await watching.detector.tick()
    },
  }
}

function isSame(one: Share, other: Share): boolean {
  const [first, second] = [one, other].map(({ owned, of }) => `${owned.toSorted((a, b) => a - b)}/${of}`)
  return first === second
}
