import { type TranslationFunction, type TranslationRef, useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { drTranslationRef } from './translation.ts';

type MessagesOf<R> = R extends TranslationRef<string, infer Messages> ? Messages : never;

/** `t('card.title')`, with the key and the values checked by the compiler. */
export type Text = TranslationFunction<MessagesOf<typeof drTranslationRef>>;

/** The plugin's own sentences in the user's language. */
export const useText = (): { t: Text } => useTranslationRef(drTranslationRef);
