import { vi } from 'vitest';

// The mock helpers of Backstage's test utilities call the global `jest.fn`.
(globalThis as { jest?: unknown }).jest = vi;
