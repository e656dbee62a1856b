import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { drTranslationRef } from './translation.ts';

/** The plugin's own sentences in the user's language. */
export const useText = () => useTranslationRef(drTranslationRef);
export type Text = ReturnType<typeof useText>['t'];
