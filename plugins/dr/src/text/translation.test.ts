import zh from './zh.ts';

// The messages as the reference flattens them; that all keys are there is checked by the compiler.
import { drTranslationRef } from './translation.ts';

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted();

describe('中文', () => {
  it('fills in the same values as English', () => {
    const english = (drTranslationRef as unknown as { getDefaultMessages(): Record<string, string> }).getDefaultMessages();
    expect(Object.keys(zh).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [key, text] of Object.entries(zh)) expect([key, placeholders(text)]).toEqual([key, placeholders(english[key]!)]);
  });
});
