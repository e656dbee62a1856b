import { Card, CardBody, CardHeader, Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import styles from './Section.module.css';

interface SectionProps {
  title: string;
  /** By where it stands: below the title of a page, or of a tab of an entity. */
  level: 'h2' | 'h3';
  children: ReactNode;
}

/** A part of a page under a title of its own. */
export const Section = ({ title, level, children }: SectionProps) => (
  <Card>
    <CardHeader>
      <Text as={level} variant="title-x-small" weight="bold">
        {title}
      </Text>
    </CardHeader>
    <CardBody className={styles.body}>{children}</CardBody>
  </Card>
);
