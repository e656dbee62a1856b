import { identityApiRef, useApi } from '@backstage/core-plugin-api';
import { useEffect, useState } from 'react';

/** Entity reference of whoever is signed in, in lower case; undefined until it is known. */
export function useUser(): string | undefined {
  const identity = useApi(identityApiRef);
  const [user, setUser] = useState<string>();
  useEffect(() => {
    let gone = false;
    // Nobody is signed in: then nothing is offered that needs to know who asks.
    identity.getBackstageIdentity().then(
      ({ userEntityRef }) => !gone && setUser(userEntityRef.toLowerCase()),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [identity]);
  return user;
}
