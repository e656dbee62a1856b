import { ProxiedSignInPage } from '@backstage/core-components';
import type { IdentityApi } from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { Alert, Card, CardBody, Container, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import styles from './ChooseUserPage.module.css';
import { chooseUser, demoUsers, forgetUser, readChosenUser } from './demoUsers.ts';

/** Signing out forgets the choice, so that the next page load asks again. */
function forgetting(identity: IdentityApi): IdentityApi {
  return {
    getProfileInfo: () => identity.getProfileInfo(),
    getBackstageIdentity: () => identity.getBackstageIdentity(),
    getCredentials: () => identity.getCredentials(),
    signOut: async () => {
      forgetUser();
      await identity.signOut();
    },
  };
}

const Choice = ({ onChoose, problem }: { onChoose(name: string): void; problem?: Error }) => (
  <main className={styles.page}>
    <Container className={styles.container}>
      <Text as="h1" variant="title-large" weight="bold">
        Who are you today?
      </Text>
      <Text as="p" color="secondary">
        This is a demonstration: three people, one portal. What each may see and do is decided by the backend.
      </Text>
      {problem && (
        <Alert
          status="danger"
          icon
          title="Signing in did not work"
          description={`${problem.message}. Is the backend running, with the auth provider "example"? Then choose again.`}
        />
      )}
      <div className={styles.choices}>
        {demoUsers.map((user) => (
          <Card key={user.name} onPress={() => onChoose(user.name)} label={`Continue as ${user.title}`} className={styles.choice}>
            <CardBody>
              <Flex direction="column" gap="2">
                <span className={styles.initial} aria-hidden>
                  {user.title[0]}
                </span>
                <Text as="h2" variant="title-small" weight="bold">
                  {user.title}
                </Text>
                <Text variant="body-small" weight="bold">
                  {user.role}
                </Text>
                <Text variant="body-medium" color="secondary">
                  {user.sentence}
                </Text>
              </Flex>
            </CardBody>
          </Card>
        ))}
      </div>
    </Container>
  </main>
);

/** Asks who you are, once; then the session comes from the backend's auth provider `example`. */
export const ChooseUserPage = ({ onSignInSuccess }: SignInPageProps) => {
  const [user, setUser] = useState(readChosenUser);
  if (!user) {
    return (
      <Choice
        onChoose={(name) => {
          chooseUser(name);
          setUser(name);
        }}
      />
    );
  }
  return (
    <ProxiedSignInPage
      key={user}
      provider="example"
      onSignInSuccess={(identity) => onSignInSuccess(forgetting(identity))}
      ErrorComponent={({ error }) => (
        <Choice
          problem={error}
          onChoose={(name) => {
            chooseUser(name);
            // The same name again must be a new attempt.
            setUser(undefined);
            setTimeout(() => setUser(name));
          }}
        />
      )}
    />
  );
};
