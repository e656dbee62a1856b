const block = 512;
const decoder = new TextDecoder();

/** Regular files of a tar archive (ustar, pax and GNU long names). A damaged header ends the archive. */
export function* filesOfTar(archive: Uint8Array): Iterable<{ name: string; bytes: Uint8Array }> {
  let longName: string | undefined;
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return;
    const size = sizeOf(header);
    if (size === undefined || at + block + size > archive.length) return;
    const bytes = archive.subarray(at + block, at + block + size);
    const type = String.fromCharCode(header[156]!);
    if (type === 'L') longName = string(bytes);
    else if (type === 'x') longName = paxPath(bytes) ?? longName;
    else {
      if (type === '0' || type === '\0') yield { name: longName ?? nameOf(header), bytes };
      longName = undefined;
    }
    at += block + Math.ceil(size / block) * block;
  }
}

function string(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function nameOf(header: Uint8Array): string {
  const name = string(header.subarray(0, 100));
  const prefix = string(header.subarray(257, 262)) === 'ustar' ? string(header.subarray(345, 500)) : '';
  return prefix ? `${prefix}/${name}` : name;
}

function sizeOf(header: Uint8Array): number | undefined {
  const written = string(header.subarray(124, 136)).trim();
  return /^[0-7]+$/.test(written) ? Number.parseInt(written, 8) : undefined;
}

/** Records are `LENGTH key=value\n`. */
function paxPath(bytes: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)/.exec(decoder.decode(bytes))?.[1];
}
