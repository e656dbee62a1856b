import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// What is waited for is there at once where it is there at all; a crowded machine takes longer.
configure({ asyncUtilTimeout: 20_000 });

afterEach(() => cleanup());
