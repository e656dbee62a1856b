import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint, catalogServiceRef } from '@backstage/plugin-catalog-node';
import { DrPolicyProcessor } from './DrPolicyProcessor.ts';
import { Inheritance } from './Inheritance.ts';

/** Kind DRPolicy in the catalog, and the relations `protectedBy` and `protects`. */
export const catalogModuleDr = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'dr',
  register({ registerInit }) {
    registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        logger: coreServices.logger,
        processing: catalogProcessingExtensionPoint,
      },
      async init({ processing, ...services }) {
        processing.addProcessor(new DrPolicyProcessor(new Inheritance({ ...services, now: () => Date.now() })));
      },
    });
  },
});
