import type { TestingLibraryMatchers } from '@testing-library/jest-dom/matchers';

// What `@testing-library/jest-dom/vitest` declares fits an older shape of vitest's types.
declare module 'vitest' {
  interface Matchers<R, T> extends TestingLibraryMatchers<T, R> {}
}
