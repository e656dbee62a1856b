import { createApp } from '@backstage/frontend-defaults';
import { homeModule } from './modules/home/homeModule.tsx';
import { navModule } from './modules/nav/navModule.tsx';
import { signInModule } from './modules/sign-in/signInModule.tsx';

/** Every plugin in package.json is found by `app.packages: all`; only what belongs to this app alone is named here. */
export default createApp({ features: [navModule, signInModule, homeModule] });
