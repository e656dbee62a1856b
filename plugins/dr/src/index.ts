export { drPlugin as default } from './plugin.tsx';
export { type DrApi, drApiRef } from './api/drApi.ts';
export { drTranslationRef } from './text/translation.ts';
