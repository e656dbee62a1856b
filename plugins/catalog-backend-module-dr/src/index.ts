export { catalogModuleDr as default } from './module.ts';
