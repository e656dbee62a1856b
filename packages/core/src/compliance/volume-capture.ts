import type { PointContents, VolumeCapture } from '../protection/model.ts';

const order: Record<VolumeCapture['state'], number> = { failed: 0, captured: 1, skipped: 2 };

/**
 * What a point holds of a claim, from its contents and from the engine's own objects together: a failure anywhere
 * counts, then a capture anywhere; `bytes` is the most that either of them saw.
 */
export function captureOf(
  claim: { namespace: string; name: string },
  contents: PointContents | undefined,
  evidence: readonly VolumeCapture[],
): VolumeCapture | undefined {
  let found: VolumeCapture | undefined;
  for (const list of [contents?.volumes ?? [], evidence]) {
    for (const capture of list) {
      if (capture.namespace !== claim.namespace || capture.claim !== claim.name) continue;
      if (!found) found = capture;
      else found = join(found, capture);
    }
  }
  return found;
}

function join(a: VolumeCapture, b: VolumeCapture): VolumeCapture {
  const [first, second] = order[a.state] <= order[b.state] ? [a, b] : [b, a];
  const sizes = [first.bytes, first.state === second.state ? second.bytes : undefined].filter((size) => size !== undefined);
  return { ...first, ...(sizes.length > 0 && { bytes: Math.max(...sizes) }) };
}
