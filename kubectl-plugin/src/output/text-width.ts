const plain = /^[\u0020-\u007e]*$/;
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const nothing = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a text takes on a terminal: East Asian and emoji characters take two, marks and joiners none. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += nothing.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** At most `width` columns; what is cut ends in `...`. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const character of text) {
    taken += textWidth(character);
    if (taken > width - 3) break;
    kept += character;
  }
  return `${kept.trimEnd()}...`;
}

/** As `wrap`, of a next step: a command that was broken into lines could not be copied, so that text with one stays on one. */
export function wrapStep(text: string, width: number | undefined, indent: string): string[] {
  return text.includes('kubectl ') ? [text] : wrap(text, width, indent);
}

/** Lines of at most `width` columns, broken at single spaces; later lines begin with `indent`. Without a width: one line. */
export function wrap(text: string, width: number | undefined, indent: string): string[] {
  if (width === undefined || textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && line !== indent && textWidth(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = line === indent ? `${indent}${word}` : longer;
    }
  }
  return [...lines, line];
}
