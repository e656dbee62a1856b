export { drPlugin as default } from './plugin.ts';
